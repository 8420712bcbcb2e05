package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaText;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.avro.Schema;

/**
 * What a registry finds. Thread-safe.
 *
 * <p>Queries see everything that other instances wrote before, unless the brokers do not answer: {@link SchemaStore#readLatest}.
 */
final class SchemaQueries {
    private final SchemaStore store;

    SchemaQueries(SchemaStore store) {
        this.store = store;
    }

    /** The schema of an id. */
    SchemaText schema(int id) {
        return store.readKnown(state -> schema(state, id));
    }

    private static SchemaText schema(RegistryState state, int id) {
        return state.schema(id).orElseThrow(() -> RegistryException.schemaNotFound(id));
    }

    /** The registrations of an id's schema. */
    List<Registration> registrations(int id, boolean includeDeleted) {
        return store.readLatest(state -> {
            schema(state, id);
            return state.registrations(id, includeDeleted);
        });
    }

    /** Finds a schema's registration under a subject. */
    Registration lookUp(String subject, SchemaText text, boolean normalize, boolean includeDeleted) {
        return store.readLatest(state -> {
            ParsedSchema schema = ParsedSchema.requested(state, text);
            if (state.versions(subject, includeDeleted).isEmpty()) {
                throw RegistryException.subjectNotFound(subject);
            }
            boolean isNormalized = normalize || RegistrySettings.normalizes(state, subject);
            return find(state, subject, schema.text(), isNormalized, includeDeleted)
                    .orElseThrow(RegistryException::schemaNotFound);
        });
    }

    /**
     * A schema's registration under a subject.
     *
     * @param text as Avro prints it
     * @param normalized whether schemas with the same normal form are the same
     */
    static Optional<Registration> find(
            RegistryState state, String subject, SchemaText text, boolean normalized, boolean includeDeleted) {
        Function<SchemaText, SchemaText> form = normalized ? NormalForm::of : Function.identity();
        SchemaText wanted = form.apply(text);
        return state.versions(subject, includeDeleted).stream()
                .filter(registration -> form.apply(registration.text()).equals(wanted))
                .findFirst();
    }

    /** Names of the subjects that start with a prefix, sorted. */
    List<String> subjects(String prefix, boolean includeDeleted) {
        return store.readLatest(state -> subjects(state, prefix, includeDeleted).toList());
    }

    /** Names of the subjects that start with a prefix and have only soft-deleted versions, sorted. */
    List<String> deletedSubjects(String prefix) {
        return store.readLatest(state -> subjects(state, prefix, true)
                .filter(subject -> state.versions(subject, false).isEmpty())
                .toList());
    }

    private static Stream<String> subjects(RegistryState state, String prefix, boolean includeDeleted) {
        return state.subjects(includeDeleted).stream().filter(subject -> subject.startsWith(prefix));
    }

    /**
     * Registrations of the subjects that start with a prefix, by subject and version.
     *
     * @param latestOnly only the last of each subject
     */
    List<Registration> registrations(String prefix, boolean includeDeleted, boolean latestOnly) {
        return store.readLatest(state -> subjects(state, prefix, includeDeleted)
                .flatMap(subject -> {
                    List<Registration> versions = state.versions(subject, includeDeleted);
                    return versions.subList(latestOnly ? versions.size() - 1 : 0, versions.size()).stream();
                })
                .toList());
    }

    /** A subject's versions, oldest first. */
    List<Registration> versions(String subject, boolean includeDeleted) {
        return store.readLatest(state -> versions(state, subject, includeDeleted));
    }

    static List<Registration> versions(RegistryState state, String subject, boolean includeDeleted) {
        List<Registration> versions = state.versions(subject, includeDeleted);
        if (versions.isEmpty()) {
            throw RegistryException.subjectNotFound(subject);
        }
        return versions;
    }

    /** One version of a subject. */
    Registration version(String subject, Version version, boolean includeDeleted) {
        return store.readLatest(state -> version(state, subject, version, includeDeleted));
    }

    static Registration version(RegistryState state, String subject, Version version, boolean includeDeleted) {
        return version.in(versions(state, subject, includeDeleted))
                .orElseThrow(() -> RegistryException.versionNotFound(version.toString()));
    }

    /** Ids of the schemas that refer to a version, sorted. */
    List<Integer> referrers(String subject, Version version, boolean includeDeleted) {
        return store.readLatest(
                state -> state.referrers(version(state, subject, version, true), includeDeleted).stream()
                        .map(Registration::id)
                        .distinct()
                        .sorted()
                        .toList());
    }

    /**
     * Checks a schema against a subject's versions, without registering it.
     *
     * @param version the version to check against; empty for those that the subject's level requires
     * @return one line for each incompatibility; empty if the schema is compatible
     */
    List<String> incompatibilities(String subject, Optional<Version> version, SchemaText text) {
        return store.readLatest(state -> {
            Schema schema = ParsedSchema.requested(state, text).avro();
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
            return incompatibilities(state, subject, schema, compared);
        });
    }

    static List<String> incompatibilities(
            RegistryState state, String subject, Schema schema, List<Registration> compared) {
        List<Schema> earlier = compared.stream()
                .map(registration -> ParsedSchema.registered(state, registration.text()))
                .toList();
        return RegistrySettings.level(state, subject).incompatibilities(schema, earlier);
    }
}
