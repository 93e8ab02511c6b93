package org.pgpitr.repository.codec;

import com.exceptionfactory.jagged.FileKey;
import com.exceptionfactory.jagged.RecipientStanza;
import com.exceptionfactory.jagged.RecipientStanzaReader;
import com.exceptionfactory.jagged.RecipientStanzaWriter;
import com.exceptionfactory.jagged.framework.stream.StandardDecryptingChannelFactory;
import com.exceptionfactory.jagged.framework.stream.StandardEncryptingChannelFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** The age file format ({@code age-encryption.org/v1}) as streams. */
final class AgeFile {
    /** The age file does not open, and why. */
    static final class NotOpenedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** What is wrong. */
        enum Reason {
            NO_MATCH,
            DAMAGED
        }

        private final Reason reason;

        NotOpenedException(Reason reason, Throwable cause) {
            super(cause);
            this.reason = reason;
        }

        Reason reason() {
            return reason;
        }
    }

    private AgeFile() {}

    /** Encrypts what is written; closing it ends the age file and leaves {@code sink} open. */
    static OutputStream writeTo(OutputStream sink, List<RecipientStanzaWriter> recipients) throws IOException {
        try {
            return new ChannelOutput(
                    new StandardEncryptingChannelFactory().newEncryptingChannel(new SinkChannel(sink), recipients));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has X25519 and ChaCha20-Poly1305", e);
        }
    }

    /**
     * Decrypts an age file. Nothing of a chunk is given out before the whole chunk is authenticated, and an end that
     * is not the file's end is an error.
     *
     * @param identities at least one
     * @return a stream that throws {@link DamagedException} for whatever is not as it was written
     * @throws NotOpenedException if no identity matches, or the header is damaged
     */
    static InputStream readFrom(SourceStream source, List<RecipientStanzaReader> identities)
            throws IOException, NotOpenedException {
        List<Witness> witnesses = new ArrayList<>();
        identities.forEach(i -> witnesses.add(new Witness(i)));
        try {
            return new ChannelInput(
                    new StandardDecryptingChannelFactory()
                            .newDecryptingChannel(new SourceChannel(source), new ArrayList<>(witnesses)),
                    source);
        } catch (GeneralSecurityException | IOException | RuntimeException e) {
            source.rethrowItsOwnFailure();
            if (witnesses.stream().noneMatch(w -> w.refusal == null)) {
                GeneralSecurityException last = witnesses.get(witnesses.size() - 1).refusal;
                throw new NotOpenedException(NotOpenedException.Reason.NO_MATCH, last);
            }
            throw new NotOpenedException(NotOpenedException.Reason.DAMAGED, e);
        }
    }

    /** Tells afterwards whether every identity was asked and refused: the library throws alike for a bad header. */
    private static final class Witness implements RecipientStanzaReader {
        private final RecipientStanzaReader reader;
        private GeneralSecurityException refusal;

        Witness(RecipientStanzaReader reader) {
            this.reader = reader;
        }

        @Override
        public FileKey getFileKey(Iterable<RecipientStanza> stanzas) throws GeneralSecurityException {
            try {
                return reader.getFileKey(stanzas);
            } catch (GeneralSecurityException e) {
                refusal = e;
                throw e;
            }
        }
    }

    private record SinkChannel(OutputStream sink) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer source) throws IOException {
            int length = source.remaining();
            if (source.hasArray()) {
                sink.write(source.array(), source.arrayOffset() + source.position(), length);
                source.position(source.limit());
            } else {
                byte[] copy = new byte[length];
                source.get(copy);
                sink.write(copy);
            }
            return length;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }

    /** Fills the buffer as far as the source goes: the library takes a short read at a chunk's end for the last one. */
    private record SourceChannel(InputStream source) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer destination) throws IOException {
            int length = destination.remaining();
            int count =
                    source.readNBytes(destination.array(), destination.arrayOffset() + destination.position(), length);
            destination.position(destination.position() + count);
            return count == 0 && length > 0 ? -1 : count;
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() throws IOException {
            source.close();
        }
    }

    private static final class ChannelOutput extends OutputStream {
        private final WritableByteChannel channel;

        ChannelOutput(WritableByteChannel channel) {
            this.channel = channel;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private static final class ChannelInput extends InputStream {
        private final ReadableByteChannel channel;
        private final SourceStream source;

        ChannelInput(ReadableByteChannel channel, SourceStream source) {
            this.channel = channel;
            this.source = source;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            Objects.checkFromIndexSize(offset, length, bytes.length);
            if (length == 0) {
                return 0;
            }
            try {
                return channel.read(ByteBuffer.wrap(bytes, offset, length));
            } catch (IOException | RuntimeException e) {
                source.rethrowItsOwnFailure();
                throw new DamagedException("its encrypted content was changed or cut off", e);
            }
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
