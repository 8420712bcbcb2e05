package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A schema as a version of a subject. Immutable.
 *
 * @param key the key of its record, which no other record has
 * @param id the schema's id, from 1
 * @param text Avro's JSON as the parser prints it, and the references; empty once purged
 * @param schemaHash {@link #hash} of the text, kept when the schema is purged
 * @param origin offset of the record that first claimed the version; the smaller origin wins, however often the record
 *     was replaced since
 * @param deleted softly deleted: found by its id, but no longer a version of its subject
 * @param purged permanently deleted: only its claim on id and version remains
 */
record Registration(Key key, int id, SchemaText text, String schemaHash, long origin, boolean deleted, boolean purged) {

    private static final SchemaText NO_TEXT = SchemaText.of("");

    /** The origin of a registration that is not in the log yet. */
    static final long UNPLACED = -1;

    /**
     * The key of a registration's record. Each claim has its own: if two claims of one version shared a key, compaction
     * would keep the later one, which lost.
     *
     * @param claim distinguishes claims of one version; empty in records of other registries
     */
    record Key(String subject, int version, String claim) {}

    /** A new claim on a version and an id. */
    static Registration claim(String subject, int version, int id, SchemaText text) {
        Key key = new Key(subject, version, UUID.randomUUID().toString());
        return new Registration(key, id, text, hash(text), UNPLACED, false, false);
    }

    String subject() {
        return key.subject();
    }

    int version() {
        return key.version();
    }

    Registration placedAt(long offset) {
        return new Registration(key, id, text, schemaHash, offset, deleted, purged);
    }

    Registration softDeleted() {
        return new Registration(key, id, text, schemaHash, origin, true, purged);
    }

    Registration withoutSchema() {
        return new Registration(key, id, NO_TEXT, schemaHash, origin, true, true);
    }

    /** The same claim with its schema again, as a version of its subject. */
    Registration revived(SchemaText schema) {
        return new Registration(key, id, schema, schemaHash, origin, false, false);
    }

    /** Whether this refers to a version of a subject. */
    boolean refersTo(Registration other) {
        return text.references().stream()
                .anyMatch(reference ->
                        reference.subject().equals(other.subject()) && reference.version() == other.version());
    }

    /** SHA-256 of a schema and its references, in hexadecimal. Schemas that differ in either have different ids. */
    static String hash(SchemaText text) {
        StringBuilder hashed = new StringBuilder(text.json());
        for (SchemaReference reference : text.references()) {
            hashed.append('\n').append(reference.name());
            hashed.append('\n').append(reference.subject());
            hashed.append('\n').append(reference.version());
        }
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256")
                    .digest(hashed.toString().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
