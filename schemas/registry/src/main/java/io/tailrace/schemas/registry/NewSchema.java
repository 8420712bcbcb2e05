package io.tailrace.schemas.registry;

import io.tailrace.schemas.SchemaText;

/**
 * A schema that is to be registered or looked up. Immutable.
 *
 * @param id the id that it is to have; {@link #UNSET} for one that the registry chooses
 * @param version the version that it is to have; {@link #UNSET} for the next one
 */
record NewSchema(SchemaText text, int id, int version) {
    static final int UNSET = 0;

    /** A schema whose id and version the registry chooses. */
    static NewSchema of(SchemaText text) {
        return new NewSchema(text, UNSET, UNSET);
    }

    boolean isPlaced() {
        return id != UNSET || version != UNSET;
    }
}
