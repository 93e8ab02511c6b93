package org.pgpitr.cli.retention;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.pgpitr.storage.DeleteResult;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.Refusal;
import org.pgpitr.storage.Refusal.Cause;

class RefusedTextTest {
    private static final Refusal LOCKED = new Refusal(Cause.LOCKED, Optional.of(Instant.parse("2026-12-24T18:00:00Z")));
    private static final Refusal HELD = new Refusal(Cause.HELD, Optional.empty());

    private static RefusedText text(Map<ObjectKey, Refusal> refused) {
        return new RefusedText(new DeleteResult(refused, 0).refused(), ZoneOffset.ofHours(1));
    }

    @Test
    void a_lock_ends_by_itself_and_a_legal_hold_does_not() {
        RefusedText lock = text(Map.of(ObjectKey.of("a"), LOCKED));
        assertThat(lock.warnings()).containsExactly("the store keeps 1 object locked until 2026-12-24 19:00:00+01: a");
        assertThat(lock.hint()).hasValueSatisfying(hint -> assertThat(hint).startsWith("nothing is to be done"));

        RefusedText hold = text(Map.of(ObjectKey.of("b"), HELD));
        assertThat(hold.warnings()).containsExactly("the store keeps 1 object under a legal hold: b");
        assertThat(hold.hint())
                .hasValueSatisfying(hint -> assertThat(hint).startsWith("a legal hold does not end by itself"));
    }

    @Test
    void each_kind_is_told_and_the_hint_is_for_what_somebody_has_to_do() {
        RefusedText all = text(Map.of(
                ObjectKey.of("a"), LOCKED,
                ObjectKey.of("b"), HELD,
                ObjectKey.of("c"), HELD,
                ObjectKey.of("d"), Refusal.DENIED));
        assertThat(all.warnings())
                .containsExactly(
                        "the store keeps 1 object locked until 2026-12-24 19:00:00+01: a",
                        "the store keeps 2 objects under a legal hold: b and others",
                        "the store refuses to delete d");
        assertThat(all.hint()).hasValueSatisfying(hint -> assertThat(hint).startsWith("use credentials"));
        assertThat(text(Map.of()).hint()).isEmpty();
    }
}
