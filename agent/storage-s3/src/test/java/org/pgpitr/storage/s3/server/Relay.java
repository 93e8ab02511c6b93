package org.pgpitr.storage.s3.server;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** One client's connection and its counterpart to the server, a thread for each direction. */
final class Relay {
    private record Exchange(String method, String target, Optional<Fault> fault) {}

    /** The connection is to be left as it is, until the other direction or the front door closes it. */
    private static final class FallSilent extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Cut extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private final FrontDoor door;
    private final Socket client;
    private final Socket server;
    private final BlockingQueue<Exchange> underWay = new LinkedBlockingQueue<>();

    Relay(FrontDoor door, Socket client, Socket server) {
        this.door = door;
        this.client = client;
        this.server = server;
    }

    /** A server may refuse before it has read all; the client is heard out, so that it hears the refusal. */
    private static final class WhileItListens extends FilterOutputStream {
        private boolean listens = true;

        WhileItListens(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            try {
                if (listens) {
                    out.write(bytes, offset, length);
                }
            } catch (IOException e) {
                listens = false;
            }
        }

        @Override
        public void flush() throws IOException {
            if (listens) {
                out.flush();
            }
        }
    }

    void passRequests() {
        run(() -> {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = new BufferedOutputStream(new WhileItListens(server.getOutputStream()));
            for (Optional<HttpHead> head = HttpHead.read(in); head.isPresent(); head = HttpHead.read(in)) {
                pass(head.get(), in, out);
            }
        });
    }

    private void pass(HttpHead head, InputStream in, OutputStream out) throws IOException {
        Optional<Fault> fault = door.record(new RecordedRequest(head.part(0), head.part(1), head.headers()));
        if (fault.isPresent()) {
            beforeTheServer(fault.get(), head, in);
        }
        underWay.add(new Exchange(head.part(0), head.part(1), fault));
        out.write(head.without(door.withheld()));
        out.flush();
        if (head.isChunked()) {
            copyChunked(in, out);
        } else {
            copy(in, out, head.contentLength());
        }
    }

    private void beforeTheServer(Fault fault, HttpHead head, InputStream in) throws IOException {
        if (fault instanceof Fault.Delay delay) {
            sleep(delay.by());
        } else if (fault instanceof Fault.ResetBefore) {
            reset();
        } else if (fault instanceof Fault.StallUpload) {
            throw new FallSilent();
        } else if (fault instanceof Fault.Answer answer) {
            if (head.header("expect").isEmpty()) {
                copy(in, OutputStream.nullOutputStream(), head.contentLength());
            }
            answer(answer, head.part(0));
        }
    }

    private static void sleep(Duration time) throws IOException {
        try {
            Thread.sleep(time.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private void answer(Fault.Answer answer, String method) throws IOException {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        OutputStream out = new BufferedOutputStream(client.getOutputStream());
        StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " Planned\r\n");
        answer.headers().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        head.append("Content-Length: " + body.length + "\r\nConnection: close\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
        if (!method.equals("HEAD")) {
            out.write(body);
        }
        out.flush();
        throw new Cut();
    }

    private void reset() throws IOException {
        client.setSoLinger(true, 0);
        throw new Cut();
    }

    void passResponses() {
        run(() -> {
            InputStream in = new BufferedInputStream(server.getInputStream());
            OutputStream out = new BufferedOutputStream(client.getOutputStream());
            for (Optional<HttpHead> head = HttpHead.read(in); head.isPresent(); head = HttpHead.read(in)) {
                if (head.get().part(1).startsWith("1")) {
                    out.write(head.get().bytes());
                    out.flush();
                } else {
                    passResponse(underWay.remove(), head.get(), in, out);
                }
            }
            client.shutdownOutput();
            throw new FallSilent();
        });
    }

    private void passResponse(Exchange exchange, HttpHead head, InputStream in, OutputStream out) throws IOException {
        Optional<Fault> fault = exchange.fault;
        if (fault.filter(Fault.LoseResponse.class::isInstance).isPresent()) {
            reset();
        }
        if (fault.filter(Fault.NoAnswer.class::isInstance).isPresent()) {
            throw new FallSilent();
        }
        if (ObjectLocks.isBatchOfDeletions(exchange.method, exchange.target)) {
            passReworded(head, in, out);
            return;
        }
        out.write(head.with(door.locks().headers(exchange.method, exchange.target)));
        out.flush();
        if (exchange.method.equals("HEAD")) {
            return;
        }
        if (fault.isPresent() && fault.get() instanceof Fault.CutBody cut) {
            copy(in, out, cut.after());
            throw new Cut();
        } else if (fault.isPresent() && fault.get() instanceof Fault.ResetBody cut) {
            copy(in, out, cut.after());
            reset();
        } else if (fault.isPresent() && fault.get() instanceof Fault.StallBody stall) {
            copy(in, out, stall.after());
            throw new FallSilent();
        } else if (fault.isPresent() && fault.get() instanceof Fault.TrickleBody trickle) {
            for (long left = head.contentLength(); left > 0; left--) {
                sleep(trickle.every());
                copy(in, out, 1);
            }
        } else if (head.isChunked()) {
            copyChunked(in, out);
        } else {
            copy(in, out, head.contentLength());
        }
    }

    private void passReworded(HttpHead head, InputStream in, OutputStream out) throws IOException {
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        if (head.isChunked()) {
            copyChunks(in, answer);
        } else {
            copy(in, answer, head.contentLength());
        }
        byte[] body =
                door.locks().reworded(answer.toString(StandardCharsets.UTF_8)).getBytes(StandardCharsets.UTF_8);
        HttpHead plain = new HttpHead(
                head.without(Set.of("content-length", "transfer-encoding")), head.firstLine(), head.headers());
        out.write(plain.with(Map.of("Content-Length", Integer.toString(body.length))));
        out.write(body);
        out.flush();
    }

    private static void copy(InputStream in, OutputStream out, long length) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        for (long left = length; left > 0; ) {
            int n = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (n < 0) {
                throw new EOFException();
            }
            out.write(buffer, 0, n);
            left -= n;
        }
        out.flush();
    }

    private static void copyChunked(InputStream in, OutputStream out) throws IOException {
        while (true) {
            String line = line(in);
            out.write((line + "\n").getBytes(StandardCharsets.ISO_8859_1));
            long length = length(line);
            copy(in, out, length + 2);
            if (length == 0) {
                return;
            }
        }
    }

    /** What the chunks hold. */
    private static void copyChunks(InputStream in, OutputStream out) throws IOException {
        for (long length = length(line(in)); ; length = length(line(in))) {
            copy(in, out, length);
            copy(in, OutputStream.nullOutputStream(), 2);
            if (length == 0) {
                return;
            }
        }
    }

    private static long length(String chunkHead) {
        return Long.parseLong(chunkHead.split(";")[0].strip(), 16);
    }

    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                throw new EOFException();
            }
            line.append((char) c);
        }
        return line.toString();
    }

    @FunctionalInterface
    private interface Passing {
        void run() throws IOException;
    }

    private void run(Passing passing) {
        try {
            passing.run();
            close();
        } catch (FallSilent e) {
            // Kept open on purpose.
            return;
        } catch (IOException e) {
            close();
        }
    }

    private void close() {
        door.closeQuietly(client);
        door.closeQuietly(server);
    }
}
