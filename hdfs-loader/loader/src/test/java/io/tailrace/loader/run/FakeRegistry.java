package io.tailrace.loader.run;

import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;

/** A schema registry in memory. Ids start at 1. */
final class FakeRegistry implements SchemaRegistryClient {
    private final List<Schema> schemas = new ArrayList<>();
    /** The ids of each subject's versions, oldest first. */
    private final Map<String, List<Integer>> registered = new TreeMap<>();

    private final Set<String> deleted = new HashSet<>();
    private int lookupsLeft = Integer.MAX_VALUE;

    @Override
    public synchronized int register(String subject, Schema schema) {
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        int id = schemas.indexOf(schema) + 1;
        List<Integer> ids = registered.computeIfAbsent(subject, each -> new ArrayList<>());
        if (!ids.contains(id)) {
            ids.add(id);
        }
        deleted.remove(subject);
        return id;
    }

    @Override
    public synchronized Schema schema(int id) {
        if (lookupsLeft-- <= 0) {
            throw new SchemaRegistryException("cannot reach the schema registry", new IllegalStateException());
        }
        if (id < 1 || id > schemas.size()) {
            throw new SchemaRegistryException(40403, "Schema not found");
        }
        return schemas.get(id - 1);
    }

    @Override
    public synchronized OptionalInt latestId(String subject) {
        return deleted.contains(subject) ? OptionalInt.empty() : latestIdWithDeleted(subject);
    }

    @Override
    public synchronized List<SubjectVersion> subjectVersions(int id) {
        schema(id);
        return registered.entrySet().stream()
                .filter(entry -> entry.getValue().contains(id))
                .map(entry ->
                        new SubjectVersion(entry.getKey(), entry.getValue().indexOf(id) + 1))
                .toList();
    }

    @Override
    public synchronized OptionalInt latestIdWithDeleted(String subject) {
        List<Integer> ids = registered.getOrDefault(subject, List.of());
        return ids.isEmpty() ? OptionalInt.empty() : OptionalInt.of(ids.get(ids.size() - 1));
    }

    /** Soft-deletes a subject: its schemas are found by their ids only. */
    synchronized void delete(String subject) {
        deleted.add(subject);
    }

    /** Makes schema lookups, except the next few, fail like an unreachable registry. */
    synchronized void stopAfter(int lookups) {
        lookupsLeft = lookups;
    }
}
