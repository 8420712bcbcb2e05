package io.tailrace.schemas.registry;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A schema as a version of a subject.
 *
 * @param key the key of its record; nobody else's record has it
 * @param id the schema's id, from 1
 * @param schema Avro's JSON as the parser prints it, or empty once purged
 * @param fingerprint SHA-256 of the schema in hexadecimal, kept when it is purged
 * @param origin offset of the record that first claimed the version, whatever has been written since; decides who
 *     came first
 * @param deleted softly deleted: found by id, but no longer a version of its subject
 * @param purged permanently deleted: only its claim on id and version remains
 */
record Registration(Key key, int id, String schema, String fingerprint, long origin, boolean deleted, boolean purged) {

    /** The origin of a registration that the log has not placed yet. */
    static final long UNPLACED = -1;

    /**
     * What keys a registration's record. Unique to a claim: if two claims of one version had the same key, compaction
     * would keep the one that lost.
     *
     * @param claim tells it from others of the same version; empty in records of other registries
     */
    record Key(String subject, int version, String claim) {}

    static Registration claim(String subject, int version, int id, String schema) {
        Key key = new Key(subject, version, UUID.randomUUID().toString());
        return new Registration(key, id, schema, fingerprint(schema), UNPLACED, false, false);
    }

    String subject() {
        return key.subject();
    }

    int version() {
        return key.version();
    }

    Registration placedAt(long offset) {
        return new Registration(key, id, schema, fingerprint, offset, deleted, purged);
    }

    Registration softDeleted() {
        return new Registration(key, id, schema, fingerprint, origin, true, purged);
    }

    Registration withoutSchema() {
        return new Registration(key, id, "", fingerprint, origin, true, true);
    }

    static String fingerprint(String schema) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(schema.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
