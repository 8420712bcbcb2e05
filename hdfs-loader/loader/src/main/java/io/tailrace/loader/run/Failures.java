package io.tailrace.loader.run;

import io.tailrace.client.ClientException;
import io.tailrace.loader.store.CommitConflictException;
import io.tailrace.loader.table.CatalogUnavailableException;
import io.tailrace.schemas.SchemaRegistryException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.util.Set;
import org.apache.hadoop.ipc.RemoteException;
import org.apache.hadoop.ipc.RetriableException;
import org.apache.hadoop.ipc.StandbyException;

/** Which failures of a run may pass without anybody's help: a broker, the registry, HDFS or the metastore is away for a while. */
final class Failures {
    /** What a NameNode answers while it starts, is in safe mode, or is not the active one. */
    private static final Set<String> NAME_NODE_BUSY = Set.of(
            "org.apache.hadoop.ipc.RetriableException",
            "org.apache.hadoop.ipc.StandbyException",
            "org.apache.hadoop.ipc.ObserverRetryOnActiveException",
            "org.apache.hadoop.hdfs.server.namenode.SafeModeException");

    private Failures() {}

    /** Whether the same run may succeed later. One cause that does not pass decides. */
    static boolean isTransient(Throwable failure) {
        boolean passes = false;
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (isFinal(cause)) {
                return false;
            }
            passes |= passes(cause);
        }
        return passes;
    }

    private static boolean isFinal(Throwable cause) {
        return cause instanceof CommitConflictException
                || cause instanceof InterruptedException
                || cause instanceof ClosedByInterruptException
                || cause instanceof Error
                || (cause instanceof ClientException client && !client.retriable());
    }

    private static boolean passes(Throwable cause) {
        return cause instanceof ClientException
                || cause instanceof CatalogUnavailableException
                || cause instanceof SocketException
                || cause instanceof SocketTimeoutException
                || cause instanceof UnknownHostException
                || cause instanceof RetriableException
                || cause instanceof StandbyException
                || (cause instanceof SchemaRegistryException registry && registry.isRetriable())
                || (cause instanceof RemoteException remote && NAME_NODE_BUSY.contains(remote.getClassName()));
    }

    /** A failure in one line. */
    static String message(Throwable failure) {
        String text = failure.getMessage();
        String name = failure.getClass().getSimpleName();
        if (text == null || text.isBlank()) {
            return name;
        }
        return failure instanceof Error ? name + ": " + text : text.strip();
    }
}
