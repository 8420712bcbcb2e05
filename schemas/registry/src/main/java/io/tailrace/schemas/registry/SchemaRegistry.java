package io.tailrace.schemas.registry;

/**
 * The operations of a registry, without HTTP and storage. Thread-safe.
 *
 * @param queries finds schemas
 * @param writer registers and deletes schemas
 * @param settings configurations and modes
 * @param clusterId the id of the cluster that keeps the schemas
 */
record SchemaRegistry(SchemaQueries queries, SchemaWriter writer, RegistrySettings settings, String clusterId) {

    /** @param validateDefaults whether to refuse new schemas with a default that does not fit its type */
    static SchemaRegistry of(SchemaStore store, boolean validateDefaults) {
        return new SchemaRegistry(
                new SchemaQueries(store),
                new SchemaWriter(store, validateDefaults),
                new RegistrySettings(store),
                store.clusterId());
    }
}
