package io.tailrace.schemas.registry;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the records of the log add up to.
 *
 * <p>A registration is a claim on a version of a subject and on an id. Two instances may claim the same at once: the
 * claim that came first in the log, its <em>origin</em>, wins, and every instance comes to the same end, since all read
 * the same log. The one that lost reads that, and tries again with the next version and id. That holds after compaction
 * too: each claim has a key of its own, so none is compacted away by its rival; a record that replaces another
 * of its key carries the origin on; and a claim outlives the schema's permanent deletion, so neither
 * id nor version is ever given out again.
 *
 * <p>Not thread-safe; {@link SchemaStore} guards it.
 */
final class RegistryState {
    /** All claims, the lost ones too, by origin. */
    private final NavigableMap<Long, Registration> claims = new TreeMap<>();

    private final Map<Registration.Key, Long> origins = new HashMap<>();

    /** The claims that won, by subject and version. */
    private final NavigableMap<String, NavigableMap<Integer, Registration>> subjects = new TreeMap<>();

    /** Keys of the claims that won, by id. */
    private final Map<Integer, List<Registration.Key>> ids = new HashMap<>();

    private final Map<String, Integer> idsByFingerprint = new HashMap<>();
    private final Map<String, Compatibility> levels = new HashMap<>();
    private @Nullable Compatibility globalLevel;
    private int idMax;
    /** Whether a claim came later in the log than its origin, as after compaction, and may displace others. */
    private boolean unsettled;

    /** Takes in a record of a registration: a new claim, or what has become of an earlier one. */
    void apply(Registration record, long offset) {
        Long origin = origins.get(record.key());
        if (origin != null) {
            replace(record.placedAt(origin));
            return;
        }
        Registration claim = record.origin() == Registration.UNPLACED ? record.placedAt(offset) : record;
        if (claim.origin() > offset || claims.containsKey(claim.origin())) {
            throw new IllegalArgumentException("origin " + claim.origin() + " of " + claim.key()
                    + ": expected this record's own or an earlier one that is nobody else's");
        }
        boolean isLast = claims.isEmpty() || claim.origin() > claims.lastKey();
        claims.put(claim.origin(), claim);
        origins.put(claim.key(), claim.origin());
        if (isLast) {
            admit(claim);
        } else {
            unsettled = true;
        }
    }

    /** To be called before questions are asked, after records were taken in. */
    void settle() {
        if (unsettled) {
            unsettled = false;
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
        idsByFingerprint.clear();
        idMax = 0;
        claims.values().forEach(this::admit);
    }

    private void admit(Registration claim) {
        idMax = Math.max(idMax, claim.id());
        boolean versionTaken = versionsOf(claim.subject()).containsKey(claim.version());
        boolean idTaken =
                holders(claim.id()).anyMatch(holder -> !holder.fingerprint().equals(claim.fingerprint()));
        if (versionTaken || idTaken) {
            return;
        }
        subjects.computeIfAbsent(claim.subject(), subject -> new TreeMap<>()).put(claim.version(), claim);
        ids.computeIfAbsent(claim.id(), id -> new ArrayList<>()).add(claim.key());
        idsByFingerprint.putIfAbsent(claim.fingerprint(), claim.id());
    }

    /** Sets the level of a subject, or of all others; null takes it back. */
    void applyLevel(@Nullable String subject, @Nullable Compatibility level) {
        if (subject == null) {
            globalLevel = level;
        } else if (level == null) {
            levels.remove(subject);
        } else {
            levels.put(subject, level);
        }
    }

    /** Whether a claim was the first on its version and id. */
    boolean hasWon(Registration.Key key) {
        Registration holder = versionsOf(key.subject()).get(key.version());
        return holder != null && holder.key().equals(key);
    }

    /** Names of the subjects that have a version, sorted; those whose versions are all softly deleted if asked for. */
    List<String> subjects(boolean deletedToo) {
        return subjects.keySet().stream()
                .filter(subject -> !versions(subject, deletedToo).isEmpty())
                .toList();
    }

    /** A subject's versions, oldest first. */
    List<Registration> versions(String subject, boolean deletedToo) {
        return versionsOf(subject).values().stream()
                .filter(registration -> !registration.purged() && (deletedToo || !registration.deleted()))
                .toList();
    }

    /** The version that a new registration of the subject gets. */
    int nextVersion(String subject) {
        NavigableMap<Integer, Registration> versions = versionsOf(subject);
        return versions.isEmpty() ? 1 : versions.lastKey() + 1;
    }

    /** The id of a schema, whatever became of it, or the next one that was never given out. */
    int idFor(String schema) {
        Integer known = idsByFingerprint.get(Registration.fingerprint(schema));
        return known == null ? idMax + 1 : known;
    }

    /** The schema of an id; softly deleted ones are found. */
    Optional<String> schema(int id) {
        return holders(id)
                .filter(registration -> !registration.purged())
                .map(Registration::schema)
                .findFirst();
    }

    /** Where the schema of an id is registered, in order of registration. */
    List<Registration> registrations(int id, boolean deletedToo) {
        return holders(id)
                .filter(registration -> !registration.purged() && (deletedToo || !registration.deleted()))
                .toList();
    }

    /** The level that was set for a subject. */
    Optional<Compatibility> level(String subject) {
        return Optional.ofNullable(levels.get(subject));
    }

    /** The level of subjects that have none of their own, if it was set. */
    Optional<Compatibility> globalLevel() {
        return Optional.ofNullable(globalLevel);
    }

    private NavigableMap<Integer, Registration> versionsOf(String subject) {
        return subjects.getOrDefault(subject, new TreeMap<>());
    }

    private Stream<Registration> holders(int id) {
        return ids.getOrDefault(id, List.of()).stream().map(key -> {
            Long origin = origins.get(key);
            Registration holder = origin == null ? null : claims.get(origin);
            if (holder == null) {
                throw new IllegalStateException("id " + id + " is held by " + key + ", which has no claim");
            }
            return holder;
        });
    }
}
