package io.tailrace.loader.hive;

import java.io.IOException;
import org.apache.hadoop.hive.metastore.api.ThriftHiveMetastore;
import org.apache.thrift.TException;

/** Calls of a metastore. Thread-safe. */
interface Metastore {

    /** What is asked of the metastore over one connection. */
    @FunctionalInterface
    interface Call<T> {
        T on(ThriftHiveMetastore.Iface client) throws TException, IOException;
    }

    /**
     * Makes a call.
     *
     * @throws io.tailrace.loader.table.CatalogUnavailableException if the metastore cannot be reached or did not answer
     * @throws IOException if it refused the call
     */
    <T> T call(Call<T> call) throws IOException;
}
