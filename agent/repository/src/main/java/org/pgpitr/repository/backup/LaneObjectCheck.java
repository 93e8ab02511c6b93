package org.pgpitr.repository.backup;

import java.io.IOException;
import org.pgpitr.error.ExitCode;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.repository.Generation;

/**
 * Reads one object of a lane by itself, which is possible because objects are cut between zstd frames: so that each
 * damaged object of a lane can be named, not the first one only.
 */
public final class LaneObjectCheck {
    private LaneObjectCheck() {}

    /**
     * Decrypts and decompresses an object to its end; what its bytes mean is not looked at.
     *
     * @throws PgpitrException CORRUPT that names it if it is missing or damaged; NO_KEY if it can't be decrypted
     * @throws org.pgpitr.storage.StorageException if the store does not deliver
     */
    public static void check(Generation generation, BackupId id, int lane, int sequence) {
        LaneObjects one = new LaneObjects(generation, id, lane, sequence, sequence + 1, Runnable::run);
        byte[] buffer = new byte[1 << 17];
        try (LaneStream stream = new LaneStream(one, id)) {
            while (stream.read(buffer, 0, buffer.length) >= 0) {
                continue;
            }
        } catch (IOException e) {
            throw new PgpitrException(ExitCode.CORRUPT, e.getMessage(), null, e);
        }
    }
}
