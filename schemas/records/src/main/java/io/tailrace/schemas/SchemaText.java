package io.tailrace.schemas;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * An Avro schema as a registry keeps it: its JSON, and the schemas whose types it uses without defining them. Immutable.
 *
 * @param json Avro's JSON
 * @param references in the order in which they were registered
 */
public record SchemaText(String json, List<SchemaReference> references) {

    /** Referenced schemas that one schema may use, with those that they use in turn. */
    public static final int REFERENCES_MAX = 1_000;

    /** Length of a chain of references. */
    public static final int REFERENCE_DEPTH_MAX = 100;

    public SchemaText {
        references = List.copyOf(references);
    }

    /** A schema that uses no other. */
    public static SchemaText of(String json) {
        return new SchemaText(json, List.of());
    }

    /**
     * Parses the schema with every schema that it refers to, at any depth. A default that does not fit its type is
     * accepted, because it only matters to a reader whose writer lacks the field.
     *
     * @param referenced finds the schema of a reference; whatever it throws is passed on
     * @throws SchemaParseException if this or a referenced schema is not Avro, if references form a cycle, or if there
     *     are more than {@link #REFERENCES_MAX} or a chain is longer than {@link #REFERENCE_DEPTH_MAX}
     */
    public Schema parse(Function<SchemaReference, SchemaText> referenced) {
        return parseAll(referenced).schema();
    }

    /**
     * The same schema as Avro prints it, with the same references: of two texts that differ in spaces, in the order of
     * attributes, or in how they write names, it is the same. Types of referenced schemas are named, not repeated.
     *
     * @param referenced as for {@link #parse}
     * @throws SchemaParseException as {@link #parse} does
     */
    @SuppressWarnings("deprecation") // Avro has no other way to print a schema without the types that it refers to.
    public SchemaText canonical(Function<SchemaReference, SchemaText> referenced) {
        Parsed parsed = parseAll(referenced);
        return new SchemaText(parsed.schema().toString(parsed.used(), false), references);
    }

    /**
     * A parsed schema.
     *
     * @param used the named types that referenced schemas define
     */
    private record Parsed(Schema schema, Collection<Schema> used) {}

    private Parsed parseAll(Function<SchemaReference, SchemaText> referenced) {
        Collector collector = new Collector(referenced);
        references.forEach(collector::collect);
        Schema.Parser parser = new Schema.Parser().setValidateDefaults(false);
        collector.texts.forEach((used, text) -> parsed(parser, used + ": ", text));
        Collection<Schema> used = collector.texts.isEmpty()
                ? List.of()
                : List.copyOf(parser.getTypes().values());
        return new Parsed(parsed(parser, "", json), used);
    }

    private static Schema parsed(Schema.Parser parser, String where, String json) {
        try {
            return parser.parse(json);
        } catch (RuntimeException | StackOverflowError e) {
            // The parser has no common exception for invalid input, and it recurses.
            String reason = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
            throw new SchemaParseException(where + reason);
        }
    }

    /** A version of a subject. */
    private record Used(String subject, int version) {
        @Override
        public String toString() {
            return "subject " + subject + ", version " + version;
        }
    }

    /** Collects referenced schemas, each after those that it uses. */
    private static final class Collector {
        private final Function<SchemaReference, SchemaText> referenced;
        private final Map<Used, String> texts = new LinkedHashMap<>();
        /** The chain of references to the schema that is being collected. */
        private final Set<Used> chain = new LinkedHashSet<>();

        Collector(Function<SchemaReference, SchemaText> referenced) {
            this.referenced = referenced;
        }

        void collect(SchemaReference reference) {
            Used used = new Used(reference.subject(), reference.version());
            if (texts.containsKey(used)) {
                return;
            }
            if (!chain.add(used)) {
                throw new SchemaParseException("references form a cycle: " + chain + " refer to " + used + " again");
            }
            if (chain.size() > REFERENCE_DEPTH_MAX || texts.size() == REFERENCES_MAX) {
                throw new SchemaParseException("too many references at %s: expected at most %d, in chains of at most %d"
                        .formatted(reference, REFERENCES_MAX, REFERENCE_DEPTH_MAX));
            }
            SchemaText text = referenced.apply(reference);
            text.references().forEach(this::collect);
            texts.put(used, text.json());
            chain.remove(used);
        }
    }
}
