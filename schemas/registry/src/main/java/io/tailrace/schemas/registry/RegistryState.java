package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The registry's state: the sum of the records in the log. See docs/adr/0016.
 *
 * <p>A registration is a claim on a version of a subject and on an id. If two instances claim the same at once, the claim
 * with the smaller <em>origin</em>, its first offset in the log, wins. All instances read the same log and agree. The
 * instance that lost reads so, and claims the next version and id. Compaction changes nothing: each claim has its own
 * key, so no other claim replaces it; a record that replaces an earlier one of its key keeps the origin; and a claim
 * remains when the schema is permanently deleted, so no id or version is used again.
 *
 * <p>Not thread-safe; {@link SchemaStore} guards it.
 */
final class RegistryState {
    /** All claims by origin, including those that lost. */
    private final NavigableMap<Long, Registration> claims = new TreeMap<>();

    private final Map<Registration.Key, Long> origins = new HashMap<>();

    /** The winning claims, by subject and version. */
    private final NavigableMap<String, NavigableMap<Integer, Registration>> subjects = new TreeMap<>();

    /** Keys of the winning claims, by id. */
    private final Map<Integer, List<Registration.Key>> ids = new HashMap<>();

    private final Map<String, Integer> idsByHash = new HashMap<>();
    private final Scoped<SubjectConfig> configs = new Scoped<>();
    private final Scoped<Mode> modes = new Scoped<>();
    private int idMax;
    /** Whether claims were read out of order, as after compaction, so that the winners must be computed again. */
    private boolean outOfOrder;

    /** Applies a registration's record: a new claim, or a change of an earlier one. */
    void apply(Registration record, long offset) {
        Long origin = origins.get(record.key());
        if (origin != null) {
            replace(record.placedAt(origin));
            return;
        }
        Registration claim = record.origin() == Registration.UNPLACED ? record.placedAt(offset) : record;
        if (claim.origin() > offset || claims.containsKey(claim.origin())) {
            throw new IllegalArgumentException("origin " + claim.origin() + " of " + claim.key()
                    + ": expected this record's own offset, or an earlier one that no other claim has");
        }
        boolean isLast = claims.isEmpty() || claim.origin() > claims.lastKey();
        claims.put(claim.origin(), claim);
        origins.put(claim.key(), claim.origin());
        if (isLast) {
            admit(claim);
        } else {
            outOfOrder = true;
        }
    }

    /** To be called after records were applied, before the state is read. */
    void settle() {
        if (outOfOrder) {
            outOfOrder = false;
            rebuild();
        }
    }

    private void replace(Registration claim) {
        claims.put(claim.origin(), claim);
        if (hasWon(claim.key())) {
            versionsOf(claim.subject()).put(claim.version(), claim);
        }
    }

    private void rebuild() {
        subjects.clear();
        ids.clear();
        idsByHash.clear();
        idMax = 0;
        claims.values().forEach(this::admit);
    }

    private void admit(Registration claim) {
        idMax = Math.max(idMax, claim.id());
        boolean versionTaken = versionsOf(claim.subject()).containsKey(claim.version());
        boolean idTaken =
                holders(claim.id()).anyMatch(holder -> !holder.schemaHash().equals(claim.schemaHash()));
        if (versionTaken || idTaken) {
            return;
        }
        subjects.computeIfAbsent(claim.subject(), subject -> new TreeMap<>()).put(claim.version(), claim);
        ids.computeIfAbsent(claim.id(), id -> new ArrayList<>()).add(claim.key());
        idsByHash.putIfAbsent(claim.schemaHash(), claim.id());
    }

    /** Compatibility levels and normalization. */
    Scoped<SubjectConfig> configs() {
        return configs;
    }

    /** Modes. */
    Scoped<Mode> modes() {
        return modes;
    }

    /** Whether a claim was the first to its version and id. */
    boolean hasWon(Registration.Key key) {
        Registration holder = versionsOf(key.subject()).get(key.version());
        return holder != null && holder.key().equals(key);
    }

    /** Names of the subjects that have a version, sorted. */
    List<String> subjects(boolean includeDeleted) {
        return subjects.keySet().stream()
                .filter(subject -> !versions(subject, includeDeleted).isEmpty())
                .toList();
    }

    /** Ids in use, of deleted schemas too. */
    int schemaCount() {
        return ids.size();
    }

    /** A subject's versions, oldest first. */
    List<Registration> versions(String subject, boolean includeDeleted) {
        return versionsOf(subject).values().stream()
                .filter(registration -> !registration.purged() && (includeDeleted || !registration.deleted()))
                .toList();
    }

    /** One version of a subject, unless it was permanently deleted. */
    Optional<Registration> version(String subject, int version, boolean includeDeleted) {
        return Optional.ofNullable(versionsOf(subject).get(version))
                .filter(registration -> !registration.purged() && (includeDeleted || !registration.deleted()));
    }

    /** The winning claims of a subject, oldest version first, even those that were permanently deleted. */
    List<Registration> claims(String subject) {
        return List.copyOf(versionsOf(subject).values());
    }

    /** The version that a new registration of the subject gets. */
    int nextVersion(String subject) {
        NavigableMap<Integer, Registration> versions = versionsOf(subject);
        return versions.isEmpty() ? 1 : next(versions.lastKey(), "version of subject '" + subject + "'");
    }

    /** The id of a schema, even of a deleted one; a new schema gets the next id. */
    int idFor(SchemaText text) {
        Integer known = idsByHash.get(Registration.hash(text));
        return known == null ? next(idMax, "id") : known;
    }

    private static int next(int last, String what) {
        if (last == Integer.MAX_VALUE) {
            throw RegistryException.storeFailed("no " + what + " is left: " + last + " was imported or registered");
        }
        return last + 1;
    }

    /** Whether an id belongs to another schema than this one, even to a deleted one. */
    boolean isTaken(int id, SchemaText text) {
        String hash = Registration.hash(text);
        return holders(id).anyMatch(holder -> !holder.schemaHash().equals(hash));
    }

    /** The schema of an id, even if it is softly deleted. */
    Optional<SchemaText> schema(int id) {
        return holders(id)
                .filter(registration -> !registration.purged())
                .map(Registration::text)
                .findFirst();
    }

    /** Registrations of schemas that refer to a version. */
    List<Registration> referrers(Registration version, boolean includeDeleted) {
        return subjects.values().stream()
                .flatMap(versions -> versions.values().stream())
                .filter(registration -> !registration.purged() && (includeDeleted || !registration.deleted()))
                .filter(registration -> registration.refersTo(version))
                .toList();
    }

    /** Where the schema of an id is registered, in order of registration. */
    List<Registration> registrations(int id, boolean includeDeleted) {
        return holders(id)
                .filter(registration -> !registration.purged() && (includeDeleted || !registration.deleted()))
                .toList();
    }

    private NavigableMap<Integer, Registration> versionsOf(String subject) {
        return subjects.getOrDefault(subject, new TreeMap<>());
    }

    private Stream<Registration> holders(int id) {
        return ids.getOrDefault(id, List.of()).stream().map(key -> {
            Long origin = origins.get(key);
            Registration holder = origin == null ? null : claims.get(origin);
            if (holder == null) {
                throw new IllegalStateException("id " + id + " belongs to " + key + ", which has no claim");
            }
            return holder;
        });
    }
}
