package io.tailrace.schemas.registry;

import java.util.Locale;

/** What may be written to a subject. Constants are Confluent's modes. */
enum Mode {
    /** Everything but explicit ids and versions. */
    READWRITE,
    /** Nothing. */
    READONLY,
    /** Nothing, whatever the modes of subjects are. Only for the whole registry. */
    READONLY_OVERRIDE,
    /** Schemas with explicit ids and versions, which are not checked for compatibility. */
    IMPORT;

    /**
     * The mode of a name, ignoring case.
     *
     * @throws RegistryException 42204 for an unknown name
     */
    static Mode ofName(String name) {
        try {
            return valueOf(name.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw RegistryException.invalidMode(name);
        }
    }

    boolean isReadOnly() {
        return this == READONLY || this == READONLY_OVERRIDE;
    }
}
