package io.tailrace.schemas.registry;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.avro.Schema;

/**
 * What the registry does, apart from how it is asked and where it keeps things.
 *
 * <p>Thread-safe. Writes of one instance go one after the other; those of several are settled by the log.
 */
final class SchemaRegistry {
    static final Compatibility DEFAULT_LEVEL = Compatibility.BACKWARD;
    private static final int ATTEMPTS_MAX = 10;

    private final SchemaStore store;

    /** Held over a write from its decision to its record read back; guards nothing that readers see. */
    private final ReentrantLock writing = new ReentrantLock();

    SchemaRegistry(SchemaStore store) {
        this.store = store;
    }

    /**
     * Registers a schema under a subject, or finds it there.
     *
     * @return its id
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
        throw RegistryException.storeFailed("other instances registered schemas first, " + ATTEMPTS_MAX + " times");
    }

    private Registration claim(RegistryState state, String subject, Schema schema) {
        Compatibility level = levelOf(state, subject);
        List<String> faults = level.faults(schema, schemas(state.versions(subject, false)));
        if (!faults.isEmpty()) {
            throw RegistryException.incompatible(subject, faults + ", compatibility " + level);
        }
        String canonical = schema.toString();
        return Registration.claim(subject, state.nextVersion(subject), state.idFor(canonical), canonical);
    }

    /** Finds a schema under a subject. */
    Registration lookUp(String subject, String text, boolean deletedToo) {
        String canonical = parse(text).toString();
        return store.read(state -> {
            if (state.versions(subject, deletedToo).isEmpty()) {
                throw RegistryException.subjectNotFound(subject);
            }
            return find(state, subject, canonical, deletedToo).orElseThrow(RegistryException::schemaNotFound);
        });
    }

    private static Optional<Registration> find(
            RegistryState state, String subject, String canonical, boolean deletedToo) {
        return state.versions(subject, deletedToo).stream()
                .filter(registration -> registration.schema().equals(canonical))
                .findFirst();
    }

    /** The schema of an id. One that another instance gave out a moment ago is found too. */
    String schema(int id) {
        Optional<String> known = store.read(state -> state.schema(id));
        if (known.isPresent()) {
            return known.get();
        }
        store.catchUp();
        return store.read(state -> state.schema(id)).orElseThrow(() -> RegistryException.schemaNotFound(id));
    }

    /** Subjects and versions under which the schema of an id is registered. */
    List<Registration> registrations(int id, boolean deletedToo) {
        schema(id);
        return store.read(state -> state.registrations(id, deletedToo));
    }

    /** Names of all subjects that start with a prefix. */
    List<String> subjects(String prefix, boolean deletedToo) {
        return store.read(state -> state.subjects(deletedToo)).stream()
                .filter(subject -> subject.startsWith(prefix))
                .toList();
    }

    /** A subject's versions, oldest first. */
    List<Registration> versions(String subject, boolean deletedToo) {
        List<Registration> versions = store.read(state -> state.versions(subject, deletedToo));
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    /** One version of a subject. */
    Registration version(String subject, Version version, boolean deletedToo) {
        return version.of(versions(subject, deletedToo))
                .orElseThrow(() -> RegistryException.versionNotFound(version.toString()));
    }

    /**
     * Deletes a subject's versions, softly or for good.
     *
     * @return the versions deleted
     */
    List<Integer> deleteSubject(String subject, boolean permanent) {
        writing.lock();
        try {
            store.catchUp();
            List<Registration> all = versions(subject, true);
            List<Registration> alive =
                    all.stream().filter(registration -> !registration.deleted()).toList();
            if (permanent && !alive.isEmpty()) {
                throw RegistryException.subjectNotSoftDeleted(subject);
            }
            if (!permanent && alive.isEmpty()) {
                throw RegistryException.subjectSoftDeleted(subject);
            }
            List<Registration> gone = permanent ? all : alive;
            gone.forEach(registration -> append(delete(registration, permanent)));
            if (store.read(state -> state.level(subject)).isPresent()) {
                store.append(SchemaRecords.levelKey(subject), null);
            }
            return gone.stream().map(Registration::version).toList();
        } finally {
            writing.unlock();
        }
    }

    /**
     * Deletes one version of a subject, softly or for good.
     *
     * @return the version deleted
     */
    int deleteVersion(String subject, Version version, boolean permanent) {
        writing.lock();
        try {
            store.catchUp();
            boolean deletedToo = permanent || !version.isLatest();
            Registration registration = version(subject, version, deletedToo);
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
     * Judges a schema by a subject's level, without registering it.
     *
     * @param version the one version to judge by, or empty for those that the level asks for
     * @return what stands against it; empty if it is compatible
     */
    List<String> faults(String subject, Optional<Version> version, String text) {
        Schema schema = parse(text);
        return store.read(state -> {
            List<Registration> versions = state.versions(subject, false);
            List<Registration> compared = versions;
            if (version.isPresent()) {
                compared = version.get().of(versions).map(List::of).orElse(List.of());
                if (compared.isEmpty() && !version.get().isLatest()) {
                    throw versions.isEmpty()
                            ? RegistryException.subjectNotFound(subject)
                            : RegistryException.versionNotFound(version.get().toString());
                }
            }
            return levelOf(state, subject).faults(schema, schemas(compared));
        });
    }

    /** The level of subjects without one of their own. */
    Compatibility level() {
        return store.read(state -> state.globalLevel().orElse(DEFAULT_LEVEL));
    }

    /** The level of a subject, or, if that is asked for, the one that holds in its place. */
    Compatibility level(String subject, boolean orGlobal) {
        return store.read(state -> orGlobal
                ? levelOf(state, subject)
                : state.level(subject).orElseThrow(() -> RegistryException.noSubjectConfig(subject)));
    }

    /** Sets the level of a subject, or of all without one of their own. */
    void setLevel(Optional<String> subject, Compatibility level) {
        store.append(SchemaRecords.levelKey(subject.orElse(null)), SchemaRecords.levelValue(level));
    }

    /**
     * Takes a level back.
     *
     * @return the level that was set
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
            throw RegistryException.invalidSchema("it is empty");
        }
        try {
            return new Schema.Parser().parse(text);
        } catch (RuntimeException e) {
            // The parser has no one exception for bad input: names, defaults and shapes fail in their own ways.
            throw RegistryException.invalidSchema(String.valueOf(e.getMessage()));
        }
    }
}
