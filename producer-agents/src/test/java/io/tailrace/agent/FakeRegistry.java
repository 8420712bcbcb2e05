package io.tailrace.agent;

import io.tailrace.schemas.SchemaRegistryClient;
import io.tailrace.schemas.SchemaRegistryException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import org.apache.avro.Schema;

/** A schema registry in memory. Ids start at 1. */
final class FakeRegistry implements SchemaRegistryClient {
    private final List<Schema> schemas = new ArrayList<>();
    final List<String> subjects = new ArrayList<>();
    boolean down;
    /** Subjects whose schemas are refused. */
    final Set<String> refused = new HashSet<>();

    @Override
    public int register(String subject, Schema schema) {
        if (down) {
            throw new SchemaRegistryException("down", new ConnectException("refused"));
        }
        if (refused.contains(subject)) {
            throw new SchemaRegistryException(409, "incompatible with " + subject);
        }
        if (!subjects.contains(subject)) {
            subjects.add(subject);
        }
        if (!schemas.contains(schema)) {
            schemas.add(schema);
        }
        return schemas.indexOf(schema) + 1;
    }

    @Override
    public Schema schema(int id) {
        return schemas.get(id - 1);
    }

    @Override
    public OptionalInt latestId(String subject) {
        throw new IllegalStateException("not used by the agent");
    }

    @Override
    public List<SubjectVersion> subjectVersions(int id) {
        throw new IllegalStateException("not used by the agent");
    }

    @Override
    public OptionalInt latestIdWithDeleted(String subject) {
        throw new IllegalStateException("not used by the agent");
    }
}
