package io.tailrace.agent.tail;

import io.tailrace.agent.tail.FollowedFile.State;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The descriptors that followed files hold, and the files that wait for one. All sources of an agent share it.
 *
 * <p>A file waits if it has unread bytes and no descriptor is left. The one that has waited longest is opened first. While files
 * wait, an open file gives up its descriptor at its end, or when its turn is over: {@link FollowedFile#isTurnOver}. A file that
 * was deleted or renamed keeps its descriptor, as it could not be opened again; a part of the descriptors is reserved for
 * such files. A source that is not read, as its lines cannot be sent, has no turns. Not thread-safe.
 */
public final class OpenFiles {
    private static final Logger log = LoggerFactory.getLogger(OpenFiles.class);

    /** One descriptor of so many is reserved for files that have lost their name. */
    private static final int RESERVED = 8;

    private static final long SHORT_MS = 10_000;

    private final int max;
    private final DecoderMemory decoders = DecoderMemory.ofHeap();
    private final ReadBudget budget = new ReadBudget(ReadBudget.STEP_BYTES);
    /** In the order in which they were opened. */
    private final Map<FollowedFile, Opener> open = new LinkedHashMap<>();
    /** In the order in which they began to wait. */
    private final Map<FollowedFile, Opener> waiting = new LinkedHashMap<>();
    /** Those that have no turns, as their source is not read. */
    private final Map<FollowedFile, Opener> paused = new LinkedHashMap<>();

    private long shortMs = -SHORT_MS;
    private boolean isLogged;

    /** Opens the files of a source. */
    interface Opener {
        /** Opens a file whose turn it is. If it cannot, the next scan decides what becomes of the file. */
        void open(FollowedFile file, Moment now);

        /** Whether the source is read. If not, its files make way for those of others. */
        boolean isReading();
    }

    /** @param max most files that are open at a time */
    public OpenFiles(int max) {
        this.max = max;
    }

    /** The memory for open archives. */
    DecoderMemory decoders() {
        return decoders;
    }

    /** What may be read in this step of archives and copies that no lines are sent of yet. */
    ReadBudget budget() {
        return budget;
    }

    /** Begins a step of the agent. */
    public void beginStep() {
        budget.refill();
    }

    /** Whether another file may be opened that has a name. */
    boolean hasRoom() {
        return open.size() < max - max / RESERVED;
    }

    /**
     * Whether another file may be opened that has lost its name, perhaps in place of one whose turn is over. If not, those that have
     * lost their name are watched for a shorter time.
     */
    boolean hasReserve(Moment now) {
        var candidates = candidates();
        while (open.size() >= max && candidates.hasNext()) {
            giveUpIfTurnIsOver(candidates.next(), now);
        }
        boolean hasReserve = open.size() < max;
        if (!hasReserve) {
            shortMs = now.steadyMs();
        }
        return hasReserve;
    }

    /** Open files; those that were opened longest ago first. */
    private Iterator<Map.Entry<FollowedFile, Opener>> candidates() {
        return List.copyOf(open.entrySet()).iterator();
    }

    /** @param opener opens the file again when it has given up its descriptor and its turn has come */
    void opened(FollowedFile file, Opener opener) {
        open.put(file, opener);
        stopWaiting(file);
    }

    void closed(FollowedFile file) {
        open.remove(file);
        stopWaiting(file);
    }

    private void stopWaiting(FollowedFile file) {
        waiting.remove(file);
        paused.remove(file);
    }

    /** A source is read from now on, or no longer. */
    void readingChanged(Opener opener) {
        Map<FollowedFile, Opener> from = opener.isReading() ? paused : waiting;
        Map<FollowedFile, Opener> to = opener.isReading() ? waiting : paused;
        from.entrySet().removeIf(each -> {
            boolean isOfSource = each.getValue().equals(opener);
            if (isOfSource) {
                to.put(each.getKey(), opener);
            }
            return isOfSource;
        });
    }

    /** Puts a file behind those that wait already, unless it is one of them. */
    void await(FollowedFile file, Opener opener) {
        (opener.isReading() ? waiting : paused).putIfAbsent(file, opener);
        if (!isLogged) {
            log.warn(
                    "files wait for a descriptor and are read in turns, to avoid this raise files.open.max: {} waits,"
                            + " files.open.max={}",
                    file.path(),
                    max);
            isLogged = true;
        }
    }

    /** Whether files wait, or did a moment ago. */
    boolean isShort(Moment now) {
        if (!waiting.isEmpty()) {
            shortMs = now.steadyMs();
        }
        return now.steadyMs() - shortMs < SHORT_MS;
    }

    /**
     * Opens files that wait, in place of those that have had their turn.
     *
     * @return whether any was opened
     */
    public boolean giveTurns(Moment now) {
        if (waiting.isEmpty()) {
            return false;
        }
        boolean any = false;
        var candidates = candidates();
        for (int turns = waiting.size(); turns > 0 && !waiting.isEmpty(); turns--) {
            while (!hasRoom() && candidates.hasNext()) {
                giveUpIfTurnIsOver(candidates.next(), now);
            }
            if (!hasRoom()) {
                break;
            }
            Map.Entry<FollowedFile, Opener> first =
                    waiting.entrySet().iterator().next();
            waiting.remove(first.getKey());
            first.getValue().open(first.getKey(), now);
            any = true;
        }
        return any;
    }

    private void giveUpIfTurnIsOver(Map.Entry<FollowedFile, Opener> candidate, Moment now) {
        FollowedFile file = candidate.getKey();
        if (candidate.getValue().isReading() ? file.isTurnOver(now) : file.state() == State.LISTED) {
            file.giveUpDescriptor();
            if (file.isWaiting()) {
                await(file, candidate.getValue());
            }
        }
    }
}
