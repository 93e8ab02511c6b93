package org.pgpitr.service.backup;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.pgpitr.repository.backup.LanePosition;
import org.pgpitr.repository.backup.LaneWriter;
import org.pgpitr.repository.backup.ManifestEntry;
import org.pgpitr.repository.backup.PathNames;
import org.pgpitr.service.Progress;

/**
 * Copies files into lanes, one after another, as {@code sendFile()} in {@code basebackup.c} treats files that change
 * meanwhile: the size is what the file has when it is opened; a file that grows is cut there, one that shrinks is filled
 * up with zeros; replay of the WAL does the rest. For one thread; its buffer and digest are used again for each file.
 */
final class FileCopier {
    /** A multiple of every page size; small enough to stay in the processor's cache from the read to the compressor. */
    private static final int BUFFER_BYTES = 256 << 10;

    private final Path root;
    private final Optional<PageCheck> pages;
    private final FileBytes.Opener opener;
    private final Progress progress;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private final MessageDigest sha256 = sha256();

    /**
     * @param root the data directory
     * @param pages empty if the cluster has no checksums
     */
    FileCopier(Path root, Optional<PageCheck> pages, FileBytes.Opener opener, Progress progress) {
        this.root = root;
        this.pages = pages;
        this.opener = opener;
        this.progress = progress;
    }

    /**
     * Copies one file.
     *
     * @param findings gets what is wrong with its pages
     * @return its entry with digest and position; empty if the file is gone
     */
    Optional<ManifestEntry> copy(String path, LaneWriter lane, PageCheck.Findings findings)
            throws InterruptedException {
        Path file = PathNames.resolve(root, path);
        try (FileBytes bytes = opener.open(file)) {
            PosixFileAttributes attributes =
                    Files.readAttributes(file, PosixFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            ManifestEntry header = ManifestEntry.file(
                    path,
                    bytes.size(),
                    FileMode.of(attributes),
                    attributes.lastModifiedTime().toInstant());
            return Optional.of(copy(header, bytes, lane, findings));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (ClosedByInterruptException e) {
            // the channel leaves the thread's interruption set
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            throw LocalFiles.unreadable(file, e);
        }
    }

    private ManifestEntry copy(ManifestEntry header, FileBytes file, LaneWriter lane, PageCheck.Findings findings)
            throws IOException, InterruptedException {
        Optional<Long> firstBlock = pages.flatMap(check -> check.firstBlock(header.path()));
        LanePosition position = lane.begin(header);
        long done = 0;
        boolean ended = false;
        while (done < header.size()) {
            int wanted = (int) Math.min(buffer.length, header.size() - done);
            int read = ended ? 0 : file.read(done, buffer, 0, wanted);
            if (read < wanted) {
                Arrays.fill(buffer, read, wanted, (byte) 0);
                ended = true;
            }
            if (firstBlock.isPresent()) {
                pages.get().verify(header.path(), file, firstBlock.get(), done, buffer, read, findings);
            }
            sha256.update(buffer, 0, wanted);
            lane.write(buffer, 0, wanted);
            done += wanted;
            progress.advance(wanted);
        }
        lane.end();
        if (firstBlock.isPresent()) {
            noteRemainder(header);
        }
        return header.withSha256(HexFormat.of().formatHex(sha256.digest())).at(position);
    }

    private void noteRemainder(ManifestEntry file) {
        long remainder = file.size() % pages.orElseThrow().blockSize();
        if (remainder > 0) {
            progress.say("the last " + remainder + " bytes of " + file.path()
                    + " are not a whole page, so no checksum covers them");
        }
    }

    /** A new digest. */
    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
