package org.pgpitr.cli.option;

import java.math.BigInteger;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.pgpitr.cli.output.ErrorText;
import org.pgpitr.cli.output.Human;
import org.pgpitr.cli.recovery.TargetTime;
import org.pgpitr.cli.terminal.Environment;
import org.pgpitr.postgres.InvalidFormatException;
import org.pgpitr.postgres.Lsn;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.RecoveryTargetTimeline;
import org.pgpitr.repository.backup.BackupId;
import org.pgpitr.repository.plan.RecoveryRequest;
import picocli.CommandLine;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Where a recovery shall end, and from where it shall begin. */
public final class TargetOptions {
    @Option(
            names = "--target-time",
            paramLabel = "TIME",
            order = 1,
            description = "Up to a commit time: '2026-11-20 14:05:00+01', 2026-11-20T13:05:00Z, or '2026-11-20"
                    + " 14:05:00 Europe/Berlin'. Without a zone the local one is assumed, and printed.")
    private String time;

    @Option(
            names = "--target-xid",
            paramLabel = "XID",
            order = 2,
            description = "Up to the end of a transaction: as pg_current_xact_id() gives it.")
    private String xid;

    @Option(names = "--target-lsn", paramLabel = "LSN", order = 3, description = "Up to a position in the WAL: X/X.")
    private String lsn;

    @Option(
            names = "--target-name",
            paramLabel = "NAME",
            order = 4,
            description = "Up to a restore point that pg_create_restore_point() made.")
    private String name;

    @Option(names = "--target-immediate", order = 5, description = "Only until the backup is consistent.")
    private boolean immediate;

    @Option(names = "--target-latest", order = 6, description = "To the end of the archived WAL. The default.")
    private boolean latest;

    @Option(
            names = "--target-exclusive",
            order = 10,
            description = "Stop just before the target (a time, transaction or LSN) and not just behind it.")
    private boolean exclusive;

    @Option(
            names = "--target-timeline",
            paramLabel = "latest|current|N",
            defaultValue = "latest",
            order = 11,
            description = "Follow the newest timeline (the default), stay on the backup's, or take one by its number.")
    private String timeline;

    @Option(
            names = "--backup",
            paramLabel = "ID",
            order = 12,
            description = "Begin with this backup, and not with the newest from which the target can be reached.")
    private String backup;

    @Option(
            names = "--generation",
            paramLabel = "N",
            order = 13,
            description = "Of the cluster, counted from 1; the newest without it. A major upgrade begins a new one.")
    private Integer generation;

    /** What was given as {@code --target-time}; empty if another target was. */
    public Optional<TargetTime> time(ZoneId local) {
        return Optional.ofNullable(time).map(text -> TargetTime.parse(text, local));
    }

    /** The generation that was asked for. */
    public OptionalInt generation() {
        return generation == null ? OptionalInt.empty() : OptionalInt.of(generation);
    }

    /**
     * What is wanted.
     *
     * @param command whose command line it is
     * @throws ParameterException if a value makes no sense
     */
    public RecoveryRequest request(CommandLine command, ZoneId local) {
        requireOne(command);
        try {
            RecoveryTarget target = target(local);
            if (exclusive
                    && !(target instanceof RecoveryTarget.Time)
                    && !(target instanceof RecoveryTarget.Xid)
                    && !(target instanceof RecoveryTarget.AtLsn)) {
                throw new IllegalArgumentException(
                        "--target-exclusive is for --target-time, --target-xid and --target-lsn");
            }
            return new RecoveryRequest(
                    target,
                    RecoveryTargetTimeline.parse(timeline),
                    Optional.ofNullable(backup).map(BackupId::parse));
        } catch (InvalidFormatException e) {
            throw new ParameterException(command, e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command, e.getMessage(), e);
        }
    }

    /** A time without a zone is told as it was understood, whatever becomes of it. */
    public void tellAssumedZone(Environment environment) {
        ZoneId local = environment.clock().getZone();
        time(local)
                .filter(given -> given.naming() == TargetTime.Naming.ASSUMED)
                .ifPresent(given -> new ErrorText(environment.err(), environment.coloursErr())
                        .warning("--target-time names no zone; it is understood as "
                                + Human.exactTime(given.time(), local) + " (" + local + ")"));
    }

    private void requireOne(CommandLine command) {
        Map<String, Boolean> kinds = new LinkedHashMap<>();
        kinds.put("--target-time", time != null);
        kinds.put("--target-xid", xid != null);
        kinds.put("--target-lsn", lsn != null);
        kinds.put("--target-name", name != null);
        kinds.put("--target-immediate", immediate);
        kinds.put("--target-latest", latest);
        kinds.values().removeIf(given -> !given);
        if (kinds.size() > 1) {
            throw new ParameterException(command, "only one target can be had: " + String.join(" or ", kinds.keySet()));
        }
    }

    private RecoveryTarget target(ZoneId local) {
        Bound bound = exclusive ? Bound.EXCLUSIVE : Bound.INCLUSIVE;
        if (time != null) {
            return new RecoveryTarget.Time(TargetTime.parse(time, local).time(), bound);
        }
        if (xid != null) {
            return new RecoveryTarget.Xid(xid(xid), bound);
        }
        if (lsn != null) {
            return new RecoveryTarget.AtLsn(Lsn.parse(lsn), bound);
        }
        if (name != null) {
            return new RecoveryTarget.Name(name);
        }
        return immediate ? new RecoveryTarget.Immediate() : new RecoveryTarget.EndOfWal();
    }

    private static long xid(String text) {
        if (text.matches("[0-9]{1,20}") && new BigInteger(text).bitLength() <= Long.SIZE) {
            return Long.parseUnsignedLong(text);
        }
        throw new IllegalArgumentException("not a transaction's number: \"" + text + "\"");
    }
}
