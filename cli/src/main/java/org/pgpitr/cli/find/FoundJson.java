package org.pgpitr.cli.find;

import java.util.List;
import java.util.Locale;
import org.pgpitr.cli.output.JsonObject;
import org.pgpitr.cli.recovery.PlanJson;
import org.pgpitr.postgres.RecoveryTarget;
import org.pgpitr.repository.catalog.CatalogRelation;
import org.pgpitr.repository.find.FoundEvent;
import org.pgpitr.repository.find.RelationEffect;
import org.pgpitr.repository.find.SearchResult;

/** What was found, for programs. */
public final class FoundJson {
    private final Found found;

    private FoundJson(Found found) {
        this.found = found;
    }

    public static JsonObject of(Found found) {
        return new FoundJson(found).object();
    }

    private JsonObject object() {
        SearchResult result = found.result();
        return new JsonObject()
                .put("cluster", found.generation().layout().cluster())
                .put("repository", found.generation().store().location())
                .put("generation", found.generation().number())
                .put("timeline", result.timeline().value())
                .put(
                        "range",
                        new JsonObject()
                                .put("from", found.range().from())
                                .put("to", found.range().to())
                                .put("from_lsn", found.range().fromLsn())
                                .put("to_lsn", found.range().toLsn()))
                .put(
                        "searched",
                        new JsonObject()
                                .put("segments", result.segments())
                                .put("from_lsn", result.from())
                                .put("to_lsn", result.to())
                                .put("commits", result.commits())
                                .put("first_commit", result.first())
                                .put("last_commit", result.last()))
                .put("matches", result.matches())
                .put("events", result.events().stream().map(this::event).toList())
                .put("notes", result.notes());
    }

    private JsonObject event(FoundEvent event) {
        JsonObject object = new JsonObject();
        if (event instanceof FoundEvent.Commit commit) {
            object.put("kind", "commit")
                    .put("summary", EventWords.headline(commit))
                    .put("time", commit.time())
                    .put("lsn", commit.lsn())
                    .put("end_lsn", commit.end())
                    .put("xid", commit.xid())
                    .put("prepared_as", commit.preparedAs())
                    .put("maybe_partly", commit.reading() == FoundEvent.Commit.Reading.MAYBE_PARTLY)
                    .put(
                            "databases",
                            commit.databases().stream()
                                    .map(each -> new JsonObject()
                                            .put("oid", each.oid())
                                            .put("name", each.name())
                                            .put("fate", word(each.fate())))
                                    .toList())
                    .put(
                            "relations",
                            commit.relations().stream().map(FoundJson::relation).toList())
                    .put("more_relations", commit.moreRelations());
        } else if (event instanceof FoundEvent.Named named) {
            object.put("kind", "restore_point")
                    .put("summary", EventWords.headline(named))
                    .put("time", named.time())
                    .put("lsn", named.lsn())
                    .put("end_lsn", named.point().lsn())
                    .put("name", named.point().name());
        }
        return object.put("just_before", target(event.before())).put("just_after", target(event.after()));
    }

    private JsonObject target(RecoveryTarget.AtLsn target) {
        List<String> options = found.options(target);
        return new JsonObject().put("target", PlanJson.target(target)).put("options", options);
    }

    private static JsonObject relation(RelationEffect effect) {
        return new JsonObject()
                .put("database", effect.database())
                .put("schema", effect.relation().map(CatalogRelation::schema))
                .put("name", effect.relation().map(CatalogRelation::name))
                .put("relkind", effect.relation().map(known -> String.valueOf(known.kind())))
                .put("oid", effect.relation().map(CatalogRelation::oid))
                .put("relfilenode", effect.file().relation())
                .put("fate", word(effect.fate()))
                .put("deleted", effect.rows().deleted())
                .put("updated", effect.rows().updated())
                .put("inserted", effect.rows().inserted());
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
