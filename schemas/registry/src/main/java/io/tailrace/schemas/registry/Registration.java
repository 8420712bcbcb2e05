package io.tailrace.schemas.registry;

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
 * @param schema Avro's JSON as the parser prints it; empty once purged
 * @param schemaHash SHA-256 of the schema in hexadecimal, kept when the schema is purged
 * @param origin offset of the record that first claimed the version; the smaller origin wins, however often the record
 *     was replaced since
 * @param deleted softly deleted: found by its id, but no longer a version of its subject
 * @param purged permanently deleted: only its claim on id and version remains
 */
record Registration(Key key, int id, String schema, String schemaHash, long origin, boolean deleted, boolean purged) {

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
    static Registration claim(String subject, int version, int id, String schema) {
        Key key = new Key(subject, version, UUID.randomUUID().toString());
        return new Registration(key, id, schema, hash(schema), UNPLACED, false, false);
    }

    String subject() {
        return key.subject();
    }

    int version() {
        return key.version();
    }

    Registration placedAt(long offset) {
        return new Registration(key, id, schema, schemaHash, offset, deleted, purged);
    }

    Registration softDeleted() {
        return new Registration(key, id, schema, schemaHash, origin, true, purged);
    }

    Registration withoutSchema() {
        return new Registration(key, id, "", schemaHash, origin, true, true);
    }

    static String hash(String schema) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(schema.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
