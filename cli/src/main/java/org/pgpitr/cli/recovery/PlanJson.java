package org.pgpitr.cli.recovery;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.pgpitr.cli.output.BackupJson;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.output.VerifyJson;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.postgres.RecoveryTarget.Bound;
import org.pgpitr.postgres.wal.TransactionEnd;
import org.pgpitr.repository.measured.Expectation;
import org.pgpitr.repository.plan.PassedOver;
import org.pgpitr.repository.plan.ReachableRange;
import org.pgpitr.repository.plan.RecoveryPlan;
import org.pgpitr.repository.plan.RecoveryStop;
import org.pgpitr.repository.plan.Unreachable;
import org.pgpitr.repository.plan.WalRange;
import org.pgpitr.service.restore.RecoverySettings;
import org.pgpitr.service.verify.ContentRead;

/** Plans and refusals for programs. */
public final class PlanJson {
    private PlanJson() {}

    /** A plan. */
    public static JsonObject of(Planned planned) {
        RecoveryPlan plan = planned.plan();
        JsonObject settings = new JsonObject();
        RecoverySettings.settings(plan.target(), plan.path(), planned.options()).forEach(settings::put);
        return new JsonObject()
                .put("cluster", planned.generation().layout().cluster())
                .put("repository", planned.generation().store().location())
                .put("generation", planned.generation().number())
                .put("target", target(plan.target()))
                .put("backup", BackupJson.of(plan.backup(), planned.generation().number()))
                .put(
                        "timelines",
                        plan.path().stretches().stream()
                                .filter(stretch -> stretch.timeline()
                                                .compareTo(plan.backup().timeline())
                                        >= 0)
                                .map(stretch -> new JsonObject()
                                        .put("timeline", stretch.timeline().value())
                                        .put("begin", stretch.begin())
                                        .put("end", stretch.end()))
                                .toList())
                .put("wal", plan.wal().stream().map(PlanJson::range).toList())
                .put(
                        "last_included",
                        plan.stop().flatMap(RecoveryStop::lastIncluded).map(PlanJson::commit))
                .put(
                        "first_left_out",
                        plan.stop().flatMap(RecoveryStop::firstLeftOut).map(PlanJson::commit))
                .put(
                        "broken_behind",
                        plan.stop()
                                .flatMap(RecoveryStop::broken)
                                .map(broken -> new JsonObject()
                                        .put("lsn", broken.lsn())
                                        .put("segment", broken.segment())))
                .put("backup_bytes", plan.backupBytes())
                .put("wal_bytes", plan.walBytes())
                .put(
                        "expected",
                        new JsonObject()
                                .put("restore", expectation(planned.expected().restore()))
                                .put("replay", expectation(planned.expected().replay())))
                .put("settings", settings)
                .put("passed_over", passedOver(plan.passedOver()))
                .put("content", planned.content().map(VerifyJson::content))
                .put("notes", plan.notes());
    }

    private static JsonObject expectation(Expectation expectation) {
        return new JsonObject()
                .put("seconds", expectation.duration())
                .put("basis", expectation.basis().name().toLowerCase(Locale.ROOT))
                .put("measurements", expectation.measurements());
    }

    /** A target: its kind, its value as PostgreSQL takes it, and whether it is replayed itself. */
    public static JsonObject target(RecoveryTarget target) {
        if (target instanceof RecoveryTarget.Time time) {
            return target("time", time.time(), time.bound() == Bound.INCLUSIVE);
        }
        if (target instanceof RecoveryTarget.Xid xid) {
            return target("xid", Long.toUnsignedString(xid.xid()), xid.bound() == Bound.INCLUSIVE);
        }
        if (target instanceof RecoveryTarget.AtLsn lsn) {
            return target("lsn", lsn.lsn(), lsn.bound() == Bound.INCLUSIVE);
        }
        if (target instanceof RecoveryTarget.Name name) {
            return target("name", name.restorePoint(), true);
        }
        return target(target instanceof RecoveryTarget.Immediate ? "immediate" : "latest", null, true);
    }

    private static JsonObject target(String kind, Object value, boolean inclusive) {
        return new JsonObject().put("kind", kind).put("value", value).put("inclusive", inclusive);
    }

    private static JsonObject commit(TransactionEnd commit) {
        return new JsonObject()
                .put("xid", commit.xid())
                .put("time", commit.time())
                .put("lsn", commit.start())
                .put("end_lsn", commit.end());
    }

    private static JsonObject range(WalRange range) {
        return new JsonObject()
                .put("timeline", range.timeline().value())
                .put("first", range.first())
                .put("last", range.last())
                .put("partial", range.form() == WalRange.Form.PARTIAL)
                .put("streamed", range.form() == WalRange.Form.STREAMED);
    }

    /** What stands beside the error of a target that can't be reached. */
    static JsonObject details(Unreachable refusal, Optional<ContentRead> content) {
        return new JsonObject()
                .put(
                        "reachable",
                        refusal.reachable().stream().map(PlanJson::reachable).toList())
                .put("passed_over", passedOver(refusal.passedOver()))
                .put("content", content.map(VerifyJson::content));
    }

    private static JsonObject reachable(ReachableRange range) {
        return new JsonObject()
                .put("timeline", range.timeline().value())
                .put("backup", range.backup())
                .put("from_lsn", range.from())
                .put("from_time", range.fromTime())
                .put("to_lsn", range.to())
                .put("last_target_lsn", range.lastTarget())
                .put("hole", range.ending() == ReachableRange.Ending.HOLE);
    }

    private static List<JsonObject> passedOver(List<PassedOver> all) {
        return all.stream()
                .map(each -> new JsonObject().put("backup", each.id()).put("reason", each.reason()))
                .toList();
    }
}
