package io.tailrace.schemas.registry;

import org.jspecify.annotations.Nullable;

/**
 * How schemas of a subject, or of all subjects, are registered. Immutable.
 *
 * @param level null if it was not set
 * @param normalize whether schemas are brought into {@link NormalForm}; null if it was not set
 */
record SubjectConfig(
        @Nullable Compatibility level, @Nullable Boolean normalize) {
    static final SubjectConfig UNSET = new SubjectConfig(null, null);

    /** This configuration, with the values of another one where it has none. */
    SubjectConfig or(SubjectConfig other) {
        return new SubjectConfig(level == null ? other.level : level, normalize == null ? other.normalize : normalize);
    }
}
