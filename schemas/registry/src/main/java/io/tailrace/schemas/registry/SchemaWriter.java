package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaReference;
import io.tailrace.schemas.SchemaText;
import java.util.List;
import java.util.Optional;

/**
 * Registers and deletes schemas.
 *
 * <p>Thread-safe. An instance writes one record at a time. If several instances write at once, the log decides.
 */
final class SchemaWriter {
    private static final int ATTEMPTS_MAX = 10;

    private final SchemaStore store;
    private final boolean validateDefaults;

    /** @param validateDefaults whether to refuse new schemas with a default that does not fit its type */
    SchemaWriter(SchemaStore store, boolean validateDefaults) {
        this.store = store;
        this.validateDefaults = validateDefaults;
    }

    /**
     * What is to be done to register a schema.
     *
     * @param record the registration as it is, or as it is to be
     */
    private record Decision(Registration record, boolean isDone) {}

    /**
     * Registers a schema under a subject, unless it is registered there already.
     *
     * @param normalize whether to bring it into {@link NormalForm}
     * @return the schema's id
     */
    int register(String subject, NewSchema schema, boolean normalize) {
        return store.exclusively(() -> {
            for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
                store.catchUp();
                Decision decision = store.read(state -> decide(state, subject, schema, normalize));
                Registration record = decision.record();
                if (decision.isDone()) {
                    return record.id();
                }
                append(record);
                if (store.read(state -> state.hasWon(record.key()))) {
                    withdrawIfReferenceIsGone(record);
                    return record.id();
                }
            }
            throw RegistryException.storeFailed(
                    "other instances registered schemas first in " + ATTEMPTS_MAX + " attempts");
        });
    }

    private Decision decide(RegistryState state, String subject, NewSchema requested, boolean normalize) {
        ParsedSchema parsed = ParsedSchema.requested(state, requested.text());
        boolean isNormalized = normalize || RegistrySettings.normalizes(state, subject);
        ParsedSchema schema = isNormalized ? parsed.normalized() : parsed;
        Optional<Registration> known = SchemaQueries.find(state, subject, schema.text(), isNormalized, false);
        if (known.isPresent() && !requested.isPlaced()) {
            return new Decision(known.get(), true);
        }
        RegistrySettings.requireWritable(state, subject);
        if (validateDefaults) {
            schema.requireValidDefaults();
        }
        boolean isImport = RegistrySettings.effectiveMode(state, subject) == Mode.IMPORT;
        if (isImport != (requested.id() != NewSchema.UNSET) || (!isImport && requested.isPlaced())) {
            throw RegistryException.notPermitted(
                    isImport
                            ? "Subject '" + subject + "' is in mode IMPORT: expected a schema with its id"
                            : "Subject '" + subject
                                    + "' is not in mode IMPORT: expected a schema without an id and version");
        }
        return isImport
                ? imported(state, subject, new NewSchema(schema.text(), requested.id(), requested.version()))
                : new Decision(claim(state, subject, schema), false);
    }

    private static Registration claim(RegistryState state, String subject, ParsedSchema schema) {
        List<String> incompatibilities =
                SchemaQueries.incompatibilities(state, subject, schema.avro(), state.versions(subject, false));
        if (!incompatibilities.isEmpty()) {
            throw RegistryException.incompatible(
                    subject, incompatibilities + ", compatibility " + RegistrySettings.level(state, subject));
        }
        SchemaText text = schema.text();
        return Registration.claim(subject, state.nextVersion(subject), state.idFor(text), text);
    }

    /** An id or version that belonged to a schema, even to one that was deleted, never belongs to another. */
    private static Decision imported(RegistryState state, String subject, NewSchema schema) {
        String hash = Registration.hash(schema.text());
        for (Registration claim : state.claims(subject)) {
            boolean isVersion = schema.version() == NewSchema.UNSET || schema.version() == claim.version();
            if (isVersion && claim.id() == schema.id() && claim.schemaHash().equals(hash)) {
                return claim.deleted() ? new Decision(claim.revived(schema.text()), false) : new Decision(claim, true);
            }
            if (claim.version() == schema.version()) {
                throw RegistryException.notPermitted("Version " + schema.version() + " of subject '" + subject
                        + "' is not free: it is or was another schema, with id " + claim.id());
            }
        }
        if (state.isTaken(schema.id(), schema.text())) {
            throw RegistryException.notPermitted("Overwrite new schema with id " + schema.id()
                    + " is not permitted: the id is or was that of another schema");
        }
        int version = schema.version() == NewSchema.UNSET ? state.nextVersion(subject) : schema.version();
        return new Decision(Registration.claim(subject, version, schema.id(), schema.text()), false);
    }

    /** Another instance may have deleted a version permanently while this one registered a schema that refers to it. */
    private void withdrawIfReferenceIsGone(Registration registered) {
        for (SchemaReference reference : registered.text().references()) {
            Optional<Registration> orphan =
                    store.read(state -> state.version(reference.subject(), reference.version(), true)
                                    .isPresent()
                            ? Optional.empty()
                            : state.version(registered.subject(), registered.version(), true));
            if (orphan.isPresent()) {
                append(orphan.get().withoutSchema());
                throw RegistryException.invalidSchema(reference + " was deleted by another instance");
            }
        }
    }

    /**
     * Deletes a subject's versions, softly or permanently, and its configuration and mode.
     *
     * @return the deleted versions
     */
    List<Integer> deleteSubject(String subject, boolean permanent) {
        return store.exclusively(() -> {
            store.catchUp();
            List<Registration> deleted = store.read(state -> deletable(state, subject, permanent));
            deleted.forEach(registration -> delete(registration, permanent));
            if (store.read(state -> state.configs().set(subject)).isPresent()) {
                store.append(SchemaRecords.configKey(subject), null);
            }
            if (store.read(state -> state.modes().set(subject)).isPresent()) {
                store.append(SchemaRecords.modeKey(subject), null);
            }
            return deleted.stream().map(Registration::version).toList();
        });
    }

    private static List<Registration> deletable(RegistryState state, String subject, boolean permanent) {
        RegistrySettings.requireWritable(state, subject);
        List<Registration> all = SchemaQueries.versions(state, subject, true);
        List<Registration> current = state.versions(subject, false);
        if (permanent && !current.isEmpty()) {
            throw RegistryException.subjectNotSoftDeleted(subject);
        }
        if (!permanent && current.isEmpty()) {
            throw RegistryException.subjectSoftDeleted(subject);
        }
        List<Registration> deleted = permanent ? all : current;
        deleted.forEach(registration -> requireUnreferenced(state, registration, permanent, deleted));
        return deleted;
    }

    /** @param deleted versions that are deleted with this one, and so do not need it */
    private static void requireUnreferenced(
            RegistryState state, Registration version, boolean permanent, List<Registration> deleted) {
        List<Registration> referrers = state.referrers(version, permanent).stream()
                .filter(referrer -> !deleted.contains(referrer))
                .toList();
        if (!referrers.isEmpty()) {
            throw RegistryException.referenced(version, referrers);
        }
    }

    /**
     * Deletes one version of a subject, softly or permanently.
     *
     * @return the deleted version
     */
    int deleteVersion(String subject, Version version, boolean permanent) {
        return store.exclusively(() -> {
            store.catchUp();
            Registration deleted = store.read(state -> deletable(state, subject, version, permanent));
            delete(deleted, permanent);
            return deleted.version();
        });
    }

    private static Registration deletable(RegistryState state, String subject, Version version, boolean permanent) {
        RegistrySettings.requireWritable(state, subject);
        boolean includeDeleted = permanent || !version.isLatest();
        Registration registration = SchemaQueries.version(state, subject, version, includeDeleted);
        if (permanent && !registration.deleted()) {
            throw RegistryException.versionNotSoftDeleted(subject, registration.version());
        }
        if (!permanent && registration.deleted()) {
            throw RegistryException.versionSoftDeleted(subject, registration.version());
        }
        requireUnreferenced(state, registration, permanent, List.of(registration));
        return registration;
    }

    private void delete(Registration registration, boolean permanent) {
        append(permanent ? registration.withoutSchema() : registration.softDeleted());
        if (permanent) {
            restoreIfReferenced(registration);
        }
    }

    /** Another instance may have registered a schema that refers to a version while this one deleted it permanently. */
    private void restoreIfReferenced(Registration deleted) {
        List<Registration> referrers = store.read(state -> state.referrers(deleted, true));
        List<Registration> others = referrers.stream()
                .filter(referrer -> !referrer.subject().equals(deleted.subject()))
                .toList();
        if (!others.isEmpty()) {
            append(deleted);
            throw RegistryException.referenced(deleted, others);
        }
    }

    private void append(Registration registration) {
        store.append(SchemaRecords.key(registration), SchemaRecords.value(registration));
    }
}
