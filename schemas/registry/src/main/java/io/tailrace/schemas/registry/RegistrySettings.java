package io.tailrace.schemas.registry;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compatibility levels, normalization and modes, of subjects and of the whole registry. Thread-safe. */
final class RegistrySettings {
    static final Compatibility DEFAULT_LEVEL = Compatibility.BACKWARD;
    static final Mode DEFAULT_MODE = Mode.READWRITE;

    private final SchemaStore store;

    RegistrySettings(SchemaStore store) {
        this.store = store;
    }

    /** The level that a subject's schemas are checked with. */
    static Compatibility level(RegistryState state, String subject) {
        Compatibility level = effectiveConfig(state, subject).level();
        return level == null ? DEFAULT_LEVEL : level;
    }

    /** Whether a subject's schemas are brought into normal form. */
    static boolean normalizes(RegistryState state, String subject) {
        return Boolean.TRUE.equals(effectiveConfig(state, subject).normalize());
    }

    private static SubjectConfig effectiveConfig(RegistryState state, @Nullable String subject) {
        SubjectConfig global = state.configs().set(null).orElse(SubjectConfig.UNSET);
        return state.configs().set(subject).orElse(SubjectConfig.UNSET).or(global);
    }

    /**
     * The configuration of a subject, with that of the whole registry where it has none.
     *
     * @param subject null for the whole registry
     * @param orGlobal whether a subject without a configuration has that of the whole registry
     * @return has a level
     * @throws RegistryException 40408 if the subject has none
     */
    SubjectConfig config(@Nullable String subject, boolean orGlobal) {
        return store.readLatest(state -> config(state, subject, orGlobal));
    }

    private static SubjectConfig config(RegistryState state, @Nullable String subject, boolean orGlobal) {
        if (subject != null && !orGlobal && state.configs().set(subject).isEmpty()) {
            throw RegistryException.noSubjectConfig(subject);
        }
        return effectiveConfig(state, subject).or(new SubjectConfig(DEFAULT_LEVEL, null));
    }

    /**
     * Changes a configuration. Values that were set and are not given stay.
     *
     * @param subject null for the whole registry
     * @throws RegistryException 42205 if the mode is read-only
     */
    void configure(@Nullable String subject, SubjectConfig config) {
        store.exclusively(() -> {
            store.catchUp();
            SubjectConfig changed = store.read(state -> {
                requireWritable(state, subject);
                return config.or(state.configs().set(subject).orElse(SubjectConfig.UNSET));
            });
            store.append(SchemaRecords.configKey(subject), SchemaRecords.configValue(changed));
            return changed;
        });
    }

    /**
     * Removes a configuration.
     *
     * @param subject null for the whole registry, which then has the default
     * @return the configuration that was removed
     * @throws RegistryException 40408 if the subject has none, 42205 if the mode is read-only
     */
    SubjectConfig removeConfig(@Nullable String subject) {
        return store.exclusively(() -> {
            store.catchUp();
            SubjectConfig removed = store.read(state -> {
                requireWritable(state, subject);
                return config(state, subject, false);
            });
            store.append(SchemaRecords.configKey(subject), null);
            return removed;
        });
    }

    /**
     * The mode that governs writes to a subject.
     *
     * @param subject null for the mode of subjects without their own
     */
    static Mode effectiveMode(RegistryState state, @Nullable String subject) {
        Mode global = state.modes().set(null).orElse(DEFAULT_MODE);
        return global == Mode.READONLY_OVERRIDE
                ? global
                : state.modes().set(subject).orElse(global);
    }

    /** @throws RegistryException 42205 if a subject, or the whole registry, may not be written */
    static void requireWritable(RegistryState state, @Nullable String subject) {
        Mode mode = effectiveMode(state, subject);
        if (mode.isReadOnly()) {
            throw RegistryException.notPermitted(named(subject) + " is in mode " + mode
                    + ": nothing may be written. Set its mode to READWRITE first");
        }
    }

    private static String named(@Nullable String subject) {
        return subject == null ? "The registry" : "Subject '" + subject + "'";
    }

    /**
     * The mode of a subject.
     *
     * @param subject null for the whole registry
     * @param orGlobal whether a subject without a mode has that of the whole registry
     * @throws RegistryException 40409 if the subject has none
     */
    Mode mode(@Nullable String subject, boolean orGlobal) {
        return store.readLatest(state -> mode(state, subject, orGlobal));
    }

    private static Mode mode(RegistryState state, @Nullable String subject, boolean orGlobal) {
        Optional<Mode> mode = state.modes().set(subject);
        if (subject == null || orGlobal) {
            return mode.orElse(state.modes().set(null).orElse(DEFAULT_MODE));
        }
        return mode.orElseThrow(() -> RegistryException.noSubjectMode(subject));
    }

    /**
     * Sets a mode.
     *
     * @param subject null for the whole registry
     * @param force whether to set {@link Mode#IMPORT} although there are schemas
     * @throws RegistryException 42205 if there are schemas, 42204 for a mode that a subject cannot have
     */
    void setMode(@Nullable String subject, Mode mode, boolean force) {
        if (subject != null && mode == Mode.READONLY_OVERRIDE) {
            throw new RegistryException(
                    42204,
                    "Mode READONLY_OVERRIDE is for the whole registry: set READONLY for subject '" + subject + "'");
        }
        store.exclusively(() -> {
            store.catchUp();
            store.read(state -> requireImportable(state, subject, mode, force));
            store.append(SchemaRecords.modeKey(subject), SchemaRecords.modeValue(mode));
            return mode;
        });
    }

    private static Mode requireImportable(RegistryState state, @Nullable String subject, Mode mode, boolean force) {
        boolean isChecked = mode == Mode.IMPORT && !force && effectiveMode(state, subject) != Mode.IMPORT;
        boolean hasSchemas = subject == null
                ? !state.subjects(false).isEmpty()
                : !state.versions(subject, false).isEmpty();
        if (isChecked && hasSchemas) {
            throw RegistryException.notPermitted("Cannot import since found existing subjects. " + named(subject)
                    + " has schemas. Delete them, or set the mode with force=true");
        }
        return mode;
    }

    /**
     * Removes a mode.
     *
     * @param subject null for the whole registry, which then has the default
     * @return the mode that was removed
     * @throws RegistryException 40409 if the subject has none
     */
    Mode removeMode(@Nullable String subject) {
        return store.exclusively(() -> {
            store.catchUp();
            Mode removed = store.read(state -> mode(state, subject, false));
            store.append(SchemaRecords.modeKey(subject), null);
            return removed;
        });
    }
}
