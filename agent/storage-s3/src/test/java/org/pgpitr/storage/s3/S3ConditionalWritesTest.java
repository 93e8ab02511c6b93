package org.pgpitr.storage.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import org.junit.jupiter.api.Test;
import org.pgpitr.storage.ConditionalWriteProbe;
import org.pgpitr.storage.ConditionalWriteProbe.Deletion;
import org.pgpitr.storage.ConditionalWriteProbe.Findings;
import org.pgpitr.storage.ConditionalWriteProbe.Honoured;
import org.pgpitr.storage.Content;
import org.pgpitr.storage.ObjectKey;
import org.pgpitr.storage.StorageException;
import org.pgpitr.storage.StorageException.Kind;
import org.pgpitr.storage.s3.S3StoreSettings.ConditionalWrites;
import org.pgpitr.storage.s3.server.Fault.Answer;
import org.pgpitr.storage.s3.server.S3Server;
import org.pgpitr.storage.s3.server.S3ServerOptions;
import org.pgpitr.storage.s3.server.S3ServerOptions.Conditions;

/** Look-alikes that don't decide races are found out, and used on the user's word only. */
class S3ConditionalWritesTest {
    private static final ObjectKey PROBE = ObjectKey.of("probe/host");

    private static S3Server server(Conditions conditions) {
        return S3Server.start(S3ServerOptions.standard().with(conditions));
    }

    private static Findings probe(S3StoreSettings settings) {
        try (S3Store store = S3Store.open(settings)) {
            return ConditionalWriteProbe.run(store, PROBE);
        }
    }

    @Test
    void a_store_that_honours_conditions_is_trusted() {
        try (S3Server server = server(Conditions.HONOURED)) {
            assertThat(probe(server.settings("p")))
                    .isEqualTo(new Findings(Honoured.YES, Honoured.YES, Deletion.ALLOWED));
        }
    }

    @Test
    void a_store_that_ignores_conditions_is_found_out() {
        try (S3Server server = server(Conditions.IGNORED)) {
            Findings findings = probe(server.settings("p"));
            assertThat(findings).isEqualTo(new Findings(Honoured.IGNORED, Honoured.IGNORED, Deletion.ALLOWED));
            assertThat(findings.conditionalWritesHonoured()).isFalse();
        }
    }

    @Test
    void a_store_that_refuses_conditions_is_found_out() {
        try (S3Server server = server(Conditions.REFUSED)) {
            assertThat(probe(server.settings("p")))
                    .isEqualTo(new Findings(Honoured.REFUSED, Honoured.REFUSED, Deletion.ALLOWED));
            try (S3Store store = S3Store.open(server.settings("p"))) {
                StorageException failure = catchThrowableOfType(
                        StorageException.class, () -> store.putIfAbsent(PROBE, Content.of(new byte[1])));
                assertThat(failure.kind()).isEqualTo(Kind.UNSUPPORTED);
            }
        }
    }

    @Test
    void on_the_users_word_it_is_asked_before_it_is_written() {
        for (Conditions conditions : new Conditions[] {Conditions.IGNORED, Conditions.REFUSED}) {
            try (S3Server server = server(conditions)) {
                assertThat(probe(server.settings("p").withConditionalWrites(ConditionalWrites.NOT_USED)))
                        .isEqualTo(new Findings(Honoured.YES, Honoured.YES, Deletion.ALLOWED));
                assertThat(server.door().requests())
                        .allSatisfy(request ->
                                assertThat(request.headers()).doesNotContainKeys("if-match", "if-none-match"));
            }
        }
    }

    @Test
    void append_only_credentials_are_told_apart_and_the_probe_works_beside_its_leftover() {
        try (S3Server server = server(Conditions.HONOURED)) {
            server.door()
                    .always(
                            request -> request.method().equals("POST"),
                            Answer.error(403, "AccessDenied", "Access Denied"));
            Findings appendOnly = new Findings(Honoured.YES, Honoured.YES, Deletion.REFUSED);
            assertThat(probe(server.settings("p"))).isEqualTo(appendOnly);
            assertThat(probe(server.settings("p"))).isEqualTo(appendOnly);
        }
    }
}
