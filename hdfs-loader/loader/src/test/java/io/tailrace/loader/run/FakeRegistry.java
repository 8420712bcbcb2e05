package io.tailrace.loader.run;

import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.apache.avro.Schema;

/** A schema registry in memory. Ids start at 1. */
final class FakeRegistry implements SchemaRegistryClient {
    private final List<Schema> schemas = new ArrayList<>();
    private final Map<String, Integer> latest = new HashMap<>();
    private int lookupsLeft = Integer.MAX_VALUE;

    @Override
    public synchronized int register(String subject, Schema schema) {
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        int id = schemas.indexOf(schema) + 1;
        latest.put(subject, id);
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
        Integer id = latest.get(subject);
        return id == null ? OptionalInt.empty() : OptionalInt.of(id);
    }

    /** Makes schema lookups, except the next few, fail like an unreachable registry. */
    synchronized void stopAfter(int lookups) {
        lookupsLeft = lookups;
    }
}
