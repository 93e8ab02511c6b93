package org.pgpitr.repository.codec;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.SequenceInputStream;
import java.util.Arrays;
import java.util.Optional;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.ClusterIdentity.Encryption;
import org.pgpitr.repository.TemporaryFolder;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;

/**
 * Turns plaintext into what is stored and back: zstd with content checksums, then age in an encrypted generation.
 * Safe for several threads.
 */
public final class Codec {
    /** zstd's level unless the configuration tells another. */
    public static final int DEFAULT_LEVEL = 3;

    /** The highest level; those above it need windows that a reader here refuses. */
    public static final int MAX_LEVEL = 19;

    /** So much of an object's beginning tells the digest of the file in it. */
    public static final int TAG_PREFIX = 1024;

    /** The window of {@link #MAX_LEVEL}, 8 MiB: what a hostile object can make a reader allocate. */
    private static final int MAX_WINDOW_LOG = 23;

    private static final byte[] NO_ANNEX = new byte[0];
    private static final int MEMORY_LIMIT = 16 << 20;

    private final Encryption encryption;
    private final AgeLayer age;
    private final int level;

    /** @param level of zstd, 1 to {@value #MAX_LEVEL} */
    public Codec(Encryption encryption, Keys keys, int level) {
        if (level < 1 || level > MAX_LEVEL) {
            throw new IllegalArgumentException("not a compression level from 1 to " + MAX_LEVEL + ": " + level);
        }
        this.encryption = encryption;
        this.age = new AgeLayer(keys);
        this.level = level;
    }

    public Encryption encryption() {
        return encryption;
    }

    public int level() {
        return level;
    }

    /**
     * Says early what every encoding would: whether the configured recipients fit the generation.
     *
     * @throws PgpitrException USAGE if the generation is encrypted and no recipient is configured, or the other way
     *     round
     */
    public void requireWritable() {
        if (encryption == Encryption.AGE && !age.encrypts()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "the repository is encrypted and no recipient is configured",
                    "set `recipients` in [encryption] as on the other hosts of this cluster");
        }
        if (encryption == Encryption.NONE && age.encrypts()) {
            throw new PgpitrException(
                    ExitCode.USAGE,
                    "recipients are configured and the repository is not encrypted",
                    "run `pgpitr init --upgrade` to go on in an encrypted generation, or remove `recipients` from "
                            + "[encryption]");
        }
    }

    /**
     * Says early whether there is a private key, if one is needed. May ask for a passphrase.
     *
     * @throws PgpitrException NO_KEY if the generation is encrypted and no identity is configured
     */
    public void requireReadable() {
        if (encryption == Encryption.AGE) {
            age.requireIdentity();
        }
    }

    /**
     * The age layer alone, for bytes that are compressed already; a plain generation's codec leaves them as they are.
     *
     * @return the bytes to be stored, in memory; they share {@code compressed} in a plain generation
     */
    public Content seal(byte[] compressed, int offset, int length) {
        requireWritable();
        if (encryption == Encryption.NONE) {
            return Content.of(compressed, offset, length);
        }
        Spill sealed = new Spill(Long.MAX_VALUE, TemporaryFolder.standard());
        try {
            try (OutputStream encrypting = age.writeTo(sealed, Optional.empty())) {
                encrypting.write(compressed, offset, length);
            }
            return sealed.content();
        } catch (IOException e) {
            throw new IllegalStateException("memory can't fail", e);
        }
    }

    /**
     * Undoes {@link #seal}. The stream throws PgpitrException CORRUPT where the bytes were changed or cut off, before
     * it gives out any byte of the damaged part; an {@link IOException} is one of {@code stored}.
     *
     * @param key the object's, for messages
     * @param stored closed with the result, or at once if this throws
     * @throws PgpitrException NO_KEY if no identity decrypts it; CORRUPT
     */
    public InputStream unseal(ObjectKey key, InputStream stored) throws IOException {
        SourceStream source = new SourceStream(stored);
        return closingOnFailure(source, () -> new DecodedStream(key, source, unsealed(key, source)));
    }

    private InputStream unsealed(ObjectKey key, SourceStream source) throws IOException {
        return encryption == Encryption.NONE ? source : age.readFrom(key, source);
    }

    /** Encodes a whole object. The caller closes the result. */
    public Encoded encode(Content plaintext) throws IOException {
        requireWritable();
        Spill spill = new Spill(MEMORY_LIMIT, TemporaryFolder.standard()).filled(into -> {
            try (OutputStream sealed = sealing(into, Optional.empty())) {
                compress(plaintext, sealed);
            }
        });
        return new Encoded(spill, null);
    }

    private void compress(Content plaintext, OutputStream sink) throws IOException {
        try (InputStream in = plaintext.open();
                OutputStream zstd = new ZstdOutputStreamNoFinalizer(new Unclosed(sink), level).setChecksum(true)) {
            transferWhole(in, plaintext.length(), zstd);
        }
    }

    /** @throws IOException also if it is not as long as it should be */
    static void transferWhole(InputStream in, long length, OutputStream out) throws IOException {
        if (in.transferTo(out) != length) {
            throw new IOException("it changed while it was read");
        }
    }

    /**
     * Encodes an object that holds one file, with its digest to be read from the first kilobyte without a key.
     *
     * @param name of the file
     * @param file is read once; not longer than {@link FileCompressor#MAX_FILE}: {@link CompressedFile#of} takes those
     * @throws IOException if the file can't be read, or its length is not what it tells
     */
    public Encoded encodeFile(String name, Content file) throws IOException {
        return encodeFile(name, file, NO_ANNEX);
    }

    /**
     * As {@link #encodeFile(String, Content)}, with bytes beside the file that can be read from the object's beginning
     * ({@link #annex}); decoding the file passes over them.
     *
     * @param annex at most 1 MiB; empty for none
     */
    public Encoded encodeFile(String name, Content file, byte[] annex) throws IOException {
        requireWritable();
        try (FileCompressor compressor = FileCompressor.take(file.length())) {
            Content unused = compressor.read(file);
            int length = compressor.compress(level);
            return encodeFile(compressor.compressed(name), annex);
        }
    }

    /**
     * As {@link #encodeFile(String, Content, byte[])}, of a file that was compressed before, and must stay open as long as
     * the result.
     *
     * @param annex at most 1 MiB; empty for none
     */
    public Encoded encodeFile(CompressedFile file, byte[] annex) {
        requireWritable();
        byte[] front = front(file.tag(), annex);
        if (encryption == Encryption.NONE) {
            return new Encoded(joined(front, file.frame()), file.tag(), () -> {});
        }
        try {
            Spill spill = file.another().filled(into -> {
                try (OutputStream sealed = sealing(into, Optional.of(file.tag()));
                        InputStream frame = file.frame().open()) {
                    sealed.write(front);
                    if (frame.transferTo(sealed) != file.length()) {
                        throw new IOException("a file that was compressed has lost a part");
                    }
                }
            });
            return new Encoded(spill, file.tag());
        } catch (IOException e) {
            throw TemporaryFolder.standard().failed(e); // memory can't fail
        }
    }

    private static byte[] front(FileTag tag, byte[] annex) {
        byte[] first = tag.toFrame();
        if (annex.length == 0) {
            return first;
        }
        byte[] second = Annex.toFrame(annex);
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static Content joined(byte[] front, Content rest) {
        return new Content() {
            @Override
            public long length() {
                return front.length + rest.length();
            }

            @Override
            public InputStream open() throws IOException {
                return new SequenceInputStream(new ByteArrayInputStream(front), rest.open());
            }
        };
    }

    private OutputStream sealing(OutputStream sink, Optional<FileTag> tag) throws IOException {
        return encryption == Encryption.NONE
                ? new Unclosed(sink)
                : age.writeTo(sink, tag.map(file -> new DigestStanza(file.sha256())));
    }

    /** Undoes {@link #encode}; otherwise as {@link #unseal}. */
    public InputStream decode(ObjectKey key, InputStream stored) throws IOException {
        SourceStream source = new SourceStream(stored);
        return closingOnFailure(source, () -> new DecodedStream(key, source, decompressed(unsealed(key, source))));
    }

    /** Undoes {@link #encodeFile}; otherwise as {@link #unseal}. What is cut off, wherever, is CORRUPT. */
    public DecodedFile decodeFile(ObjectKey key, InputStream stored) throws IOException {
        SourceStream source = new SourceStream(stored);
        return closingOnFailure(source, () -> {
            try {
                return decodedFile(key, source);
            } catch (EOFException e) {
                source.rethrowItsOwnFailure();
                throw Corrupt.object(key, e.getMessage(), e);
            } catch (DamagedException e) {
                throw Corrupt.object(key, e.getMessage(), e);
            }
        });
    }

    private DecodedFile decodedFile(ObjectKey key, SourceStream source) throws IOException {
        byte[] prefix = source.readNBytes(TAG_PREFIX);
        String promised = sha256(prefix);
        SourceStream whole = new SourceStream(new SequenceInputStream(new ByteArrayInputStream(prefix), source));
        InputStream compressed = unsealed(key, whole);
        FileTag tag = FileTag.read(compressed);
        if (!tag.sha256().equals(promised)) {
            throw new DamagedException("its age header tells another digest than its content");
        }
        PushbackInputStream frames = Annex.peekable(compressed);
        Optional<byte[]> annex = Annex.read(frames);
        return new DecodedFile(tag, annex, new DecodedStream(key, whole, new FileStream(decompressed(frames), tag)));
    }

    /**
     * What stands beside the file in an object.
     *
     * @param stored the object's bytes, or its first ones; as much is read as is needed; not closed
     * @return empty if there is none
     * @throws EOFException if {@code stored} ends before it
     * @throws PgpitrException NO_KEY; CORRUPT, also where {@code stored} ends early in an encrypted generation
     */
    public Optional<byte[]> annex(ObjectKey key, InputStream stored) throws IOException {
        try {
            PushbackInputStream frames = Annex.peekable(unsealed(key, new SourceStream(stored)));
            FileTag.read(frames);
            return Annex.read(frames);
        } catch (DamagedException e) {
            throw Corrupt.object(key, e.getMessage(), e);
        }
    }

    /**
     * The digest of the file in an object, read without a key.
     *
     * @param prefix the object's first {@value #TAG_PREFIX} bytes, or all if there are less
     * @return SHA-256 in hexadecimal
     * @throws PgpitrException CORRUPT if the object does not begin as {@link #encodeFile} makes it
     */
    public String sha256(ObjectKey key, byte[] prefix) {
        try {
            return sha256(prefix);
        } catch (IOException e) {
            throw Corrupt.object(key, e.getMessage(), e);
        }
    }

    private String sha256(byte[] prefix) throws IOException {
        return encryption == Encryption.AGE
                ? DigestStanza.read(prefix)
                : FileTag.read(new ByteArrayInputStream(prefix)).sha256();
    }

    private static InputStream decompressed(InputStream compressed) throws IOException {
        return new ZstdInputStreamNoFinalizer(compressed).setLongMax(MAX_WINDOW_LOG);
    }

    private interface Opening<T> {
        T open() throws IOException;
    }

    private static <T> T closingOnFailure(InputStream stored, Opening<T> opening) throws IOException {
        try {
            return opening.open();
        } catch (IOException | RuntimeException e) {
            try {
                stored.close();
            } catch (IOException onClose) {
                e.addSuppressed(onClose);
            }
            throw e;
        }
    }

    private static final class Unclosed extends FilterOutputStream {
        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }
}
