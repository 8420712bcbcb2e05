package io.tailrace.schemas.registry;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.apache.avro.SchemaCompatibility.SchemaPairCompatibility;

/** The compatibility of a subject's new schema with its earlier ones. Constants are Confluent's levels. */
enum Compatibility {
    /** Not checked. */
    NONE(false, false, false),
    /** Reads data of the latest schema. */
    BACKWARD(true, false, false),
    /** Reads data of every earlier schema. */
    BACKWARD_TRANSITIVE(true, false, true),
    /** Its data is read by the latest schema. */
    FORWARD(false, true, false),
    /** Its data is read by every earlier schema. */
    FORWARD_TRANSITIVE(false, true, true),
    /** Both, with the latest schema. */
    FULL(true, true, false),
    /** Both, with every earlier schema. */
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
     * The level of a name, ignoring case.
     *
     * @throws RegistryException 42203 for an unknown name
     */
    static Compatibility ofName(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RegistryException.invalidCompatibility(name);
        }
    }

    /**
     * Checks a new schema against earlier ones.
     *
     * @param earlier the subject's schemas, oldest first
     * @return one line for each incompatibility; empty if the schema is compatible
     */
    List<String> incompatibilities(Schema candidate, List<Schema> earlier) {
        List<Schema> compared =
                transitive || earlier.isEmpty() ? earlier : earlier.subList(earlier.size() - 1, earlier.size());
        List<String> incompatibilities = new ArrayList<>();
        for (Schema other : compared) {
            if (readsEarlier) {
                addIncompatibilities(incompatibilities, "new schema cannot read earlier data", candidate, other);
            }
            if (readByEarlier) {
                addIncompatibilities(incompatibilities, "earlier schema cannot read new data", other, candidate);
            }
        }
        return incompatibilities;
    }

    private static void addIncompatibilities(
            List<String> incompatibilities, String what, Schema reader, Schema writer) {
        SchemaPairCompatibility pair = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer);
        if (pair.getType() == SchemaCompatibilityType.COMPATIBLE) {
            return;
        }
        pair.getResult()
                .getIncompatibilities()
                .forEach(found -> incompatibilities.add(
                        "%s: %s at %s: %s".formatted(what, found.getType(), found.getLocation(), found.getMessage())));
    }
}
