package io.tailrace.schemas.registry;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.Schema;

/**
 * The operations of a registry, without HTTP and storage.
 *
 * <p>Thread-safe. An instance writes one record at a time. If several instances write at once, the log decides.
 */
final class SchemaRegistry {
    static final Compatibility DEFAULT_LEVEL = Compatibility.BACKWARD;
    private static final int ATTEMPTS_MAX = 10;

    private final SchemaStore store;

    /** Held during a write, from its decision until its record is read back. Readers do not take it. */
    private final ReentrantLock writing = new ReentrantLock();

    SchemaRegistry(SchemaStore store) {
        this.store = store;
    }

    /**
     * Registers a schema under a subject, unless it is registered there already.
     *
     * @return the schema's id
     */
    int register(String subject, String text) {
        Schema schema = parse(text);
        String canonical = schema.toString();
        writing.lock();
        try {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                store.catchUp();
                Optional<Registration> known = store.read(state -> find(state, subject, canonical, false));
                if (known.isPresent()) {
                    return known.get().id();
                }
                Registration claim = store.read(state -> claim(state, subject, schema));
                append(claim);
                if (store.read(state -> state.hasWon(claim.key()))) {
                    return claim.id();
                }
            }
        } finally {
            writing.unlock();
        }
        throw RegistryException.storeFailed(
                "other instances registered schemas first in " + ATTEMPTS_MAX + " attempts");
    }

    private Registration claim(RegistryState state, String subject, Schema schema) {
        Compatibility level = levelOf(state, subject);
        List<String> incompatibilities = level.incompatibilities(schema, schemas(state.versions(subject, false)));
        if (!incompatibilities.isEmpty()) {
            throw RegistryException.incompatible(subject, incompatibilities + ", compatibility " + level);
        }
        String canonical = schema.toString();
        return Registration.claim(subject, state.nextVersion(subject), state.idFor(canonical), canonical);
    }

    /** Finds a schema's registration under a subject. */
    Registration lookUp(String subject, String text, boolean includeDeleted) {
        String canonical = parse(text).toString();
        return store.read(state -> {
            if (state.versions(subject, includeDeleted).isEmpty()) {
                throw RegistryException.subjectNotFound(subject);
            }
            return find(state, subject, canonical, includeDeleted).orElseThrow(RegistryException::schemaNotFound);
        });
    }

    private static Optional<Registration> find(
            RegistryState state, String subject, String canonical, boolean includeDeleted) {
        return state.versions(subject, includeDeleted).stream()
                .filter(registration -> registration.schema().equals(canonical))
                .findFirst();
    }

    /** The schema of an id, even if another instance registered it a moment ago. */
    String schema(int id) {
        Optional<String> known = store.read(state -> state.schema(id));
        if (known.isPresent()) {
            return known.get();
        }
        store.catchUp();
        return store.read(state -> state.schema(id)).orElseThrow(() -> RegistryException.schemaNotFound(id));
    }

    /** The registrations of an id's schema. */
    List<Registration> registrations(int id, boolean includeDeleted) {
        schema(id);
        return store.read(state -> state.registrations(id, includeDeleted));
    }

    /** Names of the subjects that start with a prefix. */
    List<String> subjects(String prefix, boolean includeDeleted) {
        return store.read(state -> state.subjects(includeDeleted)).stream()
                .filter(subject -> subject.startsWith(prefix))
                .toList();
    }

    /** A subject's versions, oldest first. */
    List<Registration> versions(String subject, boolean includeDeleted) {
        List<Registration> versions = store.read(state -> state.versions(subject, includeDeleted));
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    /** One version of a subject. */
    Registration version(String subject, Version version, boolean includeDeleted) {
        return version.in(versions(subject, includeDeleted))
                .orElseThrow(() -> RegistryException.versionNotFound(version.toString()));
    }

    /**
     * Deletes a subject's versions, softly or permanently.
     *
     * @return the deleted versions
     */
    List<Integer> deleteSubject(String subject, boolean permanent) {
        writing.lock();
        try {
            store.catchUp();
            List<Registration> all = versions(subject, true);
            List<Registration> current =
                    all.stream().filter(registration -> !registration.deleted()).toList();
            if (permanent && !current.isEmpty()) {
                throw RegistryException.subjectNotSoftDeleted(subject);
            }
            if (!permanent && current.isEmpty()) {
                throw RegistryException.subjectSoftDeleted(subject);
            }
            List<Registration> deleted = permanent ? all : current;
            deleted.forEach(registration -> append(delete(registration, permanent)));
            if (store.read(state -> state.level(subject)).isPresent()) {
                store.append(SchemaRecords.levelKey(subject), null);
            }
            return deleted.stream().map(Registration::version).toList();
        } finally {
            writing.unlock();
        }
    }

    /**
     * Deletes one version of a subject, softly or permanently.
     *
     * @return the deleted version
     */
    int deleteVersion(String subject, Version version, boolean permanent) {
        writing.lock();
        try {
            store.catchUp();
            boolean includeDeleted = permanent || !version.isLatest();
            Registration registration = version(subject, version, includeDeleted);
            if (permanent && !registration.deleted()) {
                throw RegistryException.versionNotSoftDeleted(subject, registration.version());
            }
            if (!permanent && registration.deleted()) {
                throw RegistryException.versionSoftDeleted(subject, registration.version());
            }
            append(delete(registration, permanent));
            return registration.version();
        } finally {
            writing.unlock();
        }
    }

    private static Registration delete(Registration registration, boolean permanent) {
        return permanent ? registration.withoutSchema() : registration.softDeleted();
    }

    private void append(Registration registration) {
        store.append(SchemaRecords.key(registration), SchemaRecords.value(registration));
    }

    /**
     * Checks a schema against a subject's versions, without registering it.
     *
     * @param version the version to check against; empty for those that the subject's level requires
     * @return one line for each incompatibility; empty if the schema is compatible
     */
    List<String> incompatibilities(String subject, Optional<Version> version, String text) {
        Schema schema = parse(text);
        return store.read(state -> {
            List<Registration> versions = state.versions(subject, false);
            List<Registration> compared = versions;
            if (version.isPresent()) {
                compared = version.get().in(versions).map(List::of).orElse(List.of());
                if (compared.isEmpty() && !version.get().isLatest()) {
                    throw versions.isEmpty()
                            ? RegistryException.subjectNotFound(subject)
                            : RegistryException.versionNotFound(version.get().toString());
                }
            }
            return levelOf(state, subject).incompatibilities(schema, schemas(compared));
        });
    }

    /** The level of subjects without their own. */
    Compatibility level() {
        return store.read(state -> state.globalLevel().orElse(DEFAULT_LEVEL));
    }

    /**
     * The level of a subject.
     *
     * @param orGlobal whether to return the global level if the subject has none
     */
    Compatibility level(String subject, boolean orGlobal) {
        return store.read(state -> orGlobal
                ? levelOf(state, subject)
                : state.level(subject).orElseThrow(() -> RegistryException.noSubjectConfig(subject)));
    }

    /** Sets the level of a subject, or of all subjects without their own. */
    void setLevel(Optional<String> subject, Compatibility level) {
        store.append(SchemaRecords.levelKey(subject.orElse(null)), SchemaRecords.levelValue(level));
    }

    /**
     * Removes a level.
     *
     * @return the level that was removed
     */
    Compatibility removeLevel(Optional<String> subject) {
        Compatibility removed = subject.isPresent() ? level(subject.get(), false) : level();
        store.append(SchemaRecords.levelKey(subject.orElse(null)), null);
        return removed;
    }

    private static Compatibility levelOf(RegistryState state, String subject) {
        return state.level(subject).or(state::globalLevel).orElse(DEFAULT_LEVEL);
    }

    private static List<Schema> schemas(List<Registration> registrations) {
        return registrations.stream()
                .map(registration -> parse(registration.schema()))
                .toList();
    }

    private static Schema parse(String text) {
        if (text.isBlank()) {
            throw RegistryException.invalidSchema("the schema is empty");
        }
        try {
            return new Schema.Parser().parse(text);
        } catch (RuntimeException e) {
            // The parser has no common exception for invalid input.
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }
}
