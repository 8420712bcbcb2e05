package io.tailrace.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** What a new schema of a subject must be able to do with the subject's earlier ones. */
enum Compatibility {
    /** Nothing. */
    NONE(false, false, false),
    /** Read what the latest has written. */
    BACKWARD(true, false, false),
    /** Read what any has written. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** Be read by the latest. */
    FORWARD(false, true, false),
    /** Be read by every one. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Both, with the latest. */
    FULL(true, true, false),
    /** Both, with every one. */
    FULL_TRANSITIVE(true, true, true);

    private final boolean readsEarlier;
    private final boolean readByEarlier;
    private final boolean transitive;

    Compatibility(boolean readsEarlier, boolean readByEarlier, boolean transitive) {
        this.readsEarlier = readsEarlier;
        this.readByEarlier = readByEarlier;
        this.transitive = transitive;
    }

    /**
     * The level of a name, in any case.
     *
     * @throws RegistryException 42203 for any other
     */
    static Compatibility ofName(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RegistryException.invalidCompatibility(name);
        }
    }

    /**
     * What stands against a new schema.
     *
     * @param earlier the subject's schemas, oldest first
     * @return one line for each thing that does not fit; empty if the schema is compatible
     */
    List<String> faults(Schema candidate, List<Schema> earlier) {
        List<Schema> compared =
                transitive || earlier.isEmpty() ? earlier : earlier.subList(earlier.size() - 1, earlier.size());
        List<String> faults = new ArrayList<>();
        for (Schema other : compared) {
            if (readsEarlier) {
                addFaults(faults, "new schema cannot read earlier data", candidate, other);
            }
            if (readByEarlier) {
                addFaults(faults, "earlier schema cannot read new data", other, candidate);
            }
        }
        return faults;
    }

    private static void addFaults(List<String> faults, String what, Schema reader, Schema writer) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (pair.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return;
        }
        pair.getResult()
                .getIncompatibilities()
                .forEach(fault -> faults.add(
                        "%s: %s at %s: %s".formatted(what, fault.getType(), fault.getLocation(), fault.getMessage())));
    }
}
