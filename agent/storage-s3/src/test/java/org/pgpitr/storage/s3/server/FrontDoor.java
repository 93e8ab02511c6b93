package org.pgpitr.storage.s3.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;

/** Stands before the server: ends TLS, records each request, and does the faults that were asked for. */
public final class FrontDoor implements AutoCloseable {
    private record Planned(Predicate<RecordedRequest> which, Fault fault) {}

    private final ServerSocket listener;
    private final int serverPort;
    private final Set<String> withheld;
    private final ObjectLocks locks;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final List<RecordedRequest> requests = new CopyOnWriteArrayList<>();
    private final AtomicLong connections = new AtomicLong();
    private final List<Planned> planned = new ArrayList<>();

    /**
     * @param port where clients go; 0 for any that is free
     * @param withheld names of headers, in lower case, that do not reach the server
     * @param locks tell what answers leave out
     */
    FrontDoor(int port, int serverPort, Optional<SSLContext> tls, Set<String> withheld, ObjectLocks locks)
            throws IOException {
        this.withheld = withheld;
        this.locks = locks;
        this.serverPort = serverPort;
        InetAddress loopback = InetAddress.getLoopbackAddress();
        this.listener = tls.isPresent()
                ? tls.get().getServerSocketFactory().createServerSocket(port, 100, loopback)
                : new ServerSocket(port, 100, loopback);
        start("accept", this::accept);
    }

    int port() {
        return listener.getLocalPort();
    }

    /** All that came in, in that order. */
    public List<RecordedRequest> requests() {
        return List.copyOf(requests);
    }

    /** How many came in. */
    public long connections() {
        return connections.get();
    }

    /** Of requests and connections. */
    public void forgetRequests() {
        connections.set(0);
        requests.clear();
    }

    /** Does the fault to the next request that matches; several wait in line. */
    public void once(Predicate<RecordedRequest> which, Fault fault) {
        synchronized (planned) {
            planned.add(new Planned(which, fault));
        }
    }

    /** Does the fault to the next requests that match. */
    public void times(int times, Predicate<RecordedRequest> which, Fault fault) {
        for (int i = 0; i < times; i++) {
            once(which, fault);
        }
    }

    /** Does the fault to each request that matches, until {@link #heal()}. */
    public void always(Predicate<RecordedRequest> which, Fault fault) {
        times(100_000, which, fault);
    }

    /** No more faults. */
    public void heal() {
        synchronized (planned) {
            planned.clear();
        }
    }

    Set<String> withheld() {
        return withheld;
    }

    ObjectLocks locks() {
        return locks;
    }

    Optional<Fault> record(RecordedRequest request) {
        requests.add(request);
        synchronized (planned) {
            for (Planned next : planned) {
                if (next.which.test(request)) {
                    planned.remove(next);
                    return Optional.of(next.fault);
                }
            }
        }
        return Optional.empty();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = track(listener.accept());
                connections.incrementAndGet();
                start("uplink", () -> serve(client));
            } catch (IOException e) {
                if (!listener.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket client) {
        try {
            Socket server = track(new Socket(InetAddress.getLoopbackAddress(), serverPort));
            Relay relay = new Relay(this, client, server);
            start("downlink", relay::passResponses);
            relay.passRequests();
        } catch (IOException e) {
            // The client sees it as a connection that closes, which is what it is.
            closeQuietly(client);
        }
    }

    private Socket track(Socket socket) throws IOException {
        socket.setTcpNoDelay(true);
        open.add(socket);
        return socket;
    }

    void closeQuietly(Socket socket) {
        open.remove(socket);
        try {
            socket.close();
        } catch (IOException e) {
            // Nothing is left to be done with it.
            return;
        }
    }

    private static void start(String name, Runnable work) {
        Thread thread = new Thread(work, "s3-front-door-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        open.forEach(this::closeQuietly);
    }
}
