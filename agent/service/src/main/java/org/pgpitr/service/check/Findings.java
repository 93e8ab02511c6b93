package org.pgpitr.service.check;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.pgpitr.error.PgpitrException;
import org.pgpitr.service.check.Finding.Verdict;
import org.pgpitr.storage.StorageException;

/** Collects what is found and tells it at once. What one look fails with becomes its finding and stops no other. */
final class Findings {
    private final CheckListener listener;
    private final List<Finding> all = new ArrayList<>();

    Findings(CheckListener listener) {
        this.listener = listener;
    }

    void ok(Topic topic, String detail) {
        add(topic, Verdict.OK, detail, null);
    }

    void note(Topic topic, String detail, String hint) {
        add(topic, Verdict.NOTE, detail, hint);
    }

    void failed(Topic topic, String detail, String hint) {
        add(topic, Verdict.FAILED, detail, hint);
    }

    /** Something that it rests on failed before. */
    void notChecked(Topic topic, String because) {
        add(topic, Verdict.NOTE, "not checked: " + because, null);
    }

    private void add(Topic topic, Verdict verdict, String detail, String hint) {
        Finding finding = new Finding(topic, verdict, detail, Optional.ofNullable(hint));
        all.add(finding);
        listener.found(finding);
    }

    void waiting(String forWhat) {
        listener.waiting(forWhat);
    }

    /** Takes a look; if it fails, that is the topic's finding. */
    void look(Topic topic, Runnable look) {
        ask(topic, () -> {
            look.run();
            return topic;
        });
    }

    /** As {@link #look}; empty if it failed. */
    <T> Optional<T> ask(Topic topic, Supplier<T> question) {
        try {
            return Optional.of(question.get());
        } catch (PgpitrException e) {
            rethrowIfInterrupted(e);
            failed(topic, e.getMessage(), e.hint().orElse(null));
        } catch (StorageException e) {
            rethrowIfInterrupted(e);
            failed(topic, e.getMessage(), e.hint().orElse(null));
        } catch (RuntimeException e) {
            rethrowIfInterrupted(e);
            failed(topic, "a defect in pgpitr: " + e, "please report it, with this line");
        }
        return Optional.empty();
    }

    private static void rethrowIfInterrupted(RuntimeException e) {
        if (Thread.currentThread().isInterrupted()) {
            throw e;
        }
    }

    CheckReport report() {
        return new CheckReport(all);
    }
}
