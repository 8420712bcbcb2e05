package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;

/**
 * A schema and its text. Immutable.
 *
 * @param text as Avro prints it, and the references
 */
record ParsedSchema(Schema avro, SchemaText text) {

    /**
     * Parses a registered schema, which may refer to versions that were soft-deleted since.
     *
     * @throws RegistryException 42201 if it does not parse
     */
    static Schema registered(RegistryState state, SchemaText text) {
        return checked(() -> text.parse(reference -> find(state, reference, true)));
    }

    /**
     * Parses a schema of a request.
     *
     * @throws RegistryException 42201 if it does not parse, or a version that it refers to is unknown or deleted
     */
    static ParsedSchema requested(RegistryState state, SchemaText text) {
        if (text.json().isBlank()) {
            throw RegistryException.invalidSchema("the schema is empty");
        }
        text.references().forEach(reference -> find(state, reference, false));
        return checked(() -> new ParsedSchema(
                text.parse(reference -> find(state, reference, true)),
                text.canonical(reference -> find(state, reference, true))));
    }

    private static SchemaText find(RegistryState state, SchemaReference reference, boolean includeDeleted) {
        return state.version(reference.subject(), reference.version(), includeDeleted)
                .map(Registration::text)
                .orElseThrow(() -> RegistryException.invalidSchema(
                        "no schema found for " + reference + "; register that version first"));
    }

    private static <T> T checked(Supplier<T> parse) {
        try {
            return parse.get();
        } catch (SchemaParseException e) {
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Refuses a default that does not fit its type.
     *
     * @throws RegistryException 42201 if there is one
     */
    void requireValidDefaults() {
        try {
            new Schema.Parser().parse(avro.toString());
        } catch (RuntimeException e) {
            // The parser has no common exception for invalid input.
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }

    ParsedSchema normalized() {
        return new ParsedSchema(avro, NormalForm.of(text));
    }
}
