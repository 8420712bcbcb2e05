package io.tailrace.loader.commit;

import io.tailrace.loader.store.AbortCheck;
import io.tailrace.loader.store.CommitConflictException;
import java.io.IOException;

/**
 * Commits a run whose data files are complete: stages its manifest, then publishes it in the commit log. The run is committed
 * by the second step and by nothing else; a {@link Publisher} shows it to others afterwards.
 */
public final class Commit {
    private final CommitLog log;
    private final CommitListener listener;

    public Commit(CommitLog log, CommitListener listener) {
        this.log = log;
        this.listener = listener;
    }

    /**
     * Commits a run.
     *
     * @param abort checked immediately before the commit point
     * @throws CommitConflictException if this run lost its lock or was fenced; nothing of it is committed
     */
    public void commit(Manifest manifest, AbortCheck abort) throws IOException {
        listener.reached(CommitStep.FILES_STAGED);
        log.stage(manifest);
        listener.reached(CommitStep.MANIFEST_STAGED);
        abort.throwIfAborted();
        log.publish(manifest);
        listener.reached(CommitStep.MANIFEST_PUBLISHED);
    }
}
