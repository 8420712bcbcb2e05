package io.tailrace.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a copy of some subtrees, with one persistent recursive watch for each.
 *
 * <p>All state belongs to the executor's one thread. ZooKeeper delivers events and answers in the order in which the changes
 * happened, and they are queued in that order, so an answer is never older than the event before it. The listener is notified
 * only while no read is in flight: then all changes of one transaction have arrived, because their events come before the
 * answer to any read they cause.
 *
 * <p>A reconnect may have lost events: the subtree is read again as a whole, and replaces the copy.
 */
final class TreeFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TreeFollower.class);
    private static final long RETRY_MS = 500;

    /** A node as last read. */
    record Node(byte[] data, long czxid, int version) {}

    /** Called on the executor's thread. */
    interface Listener {
        /**
         * Something may have changed.
         *
         * @param nodes every node, by path; valid during the call only
         * @param changedPaths those that were read or deleted since the last call
         */
        void changed(Map<String, Node> nodes, Set<String> changedPaths);
    }

    private final CuratorFramework curator;
    private final SingleThread executor;
    private final Listener listener;
    private final List<Subtree> subtrees = new ArrayList<>();
    private final Map<String, Node> nodes = new HashMap<>();
    private final Set<String> changedPaths = new HashSet<>();
    private boolean publishQueued;

    TreeFollower(CuratorFramework curator, SingleThread executor, List<String> roots, Listener listener) {
        this.curator = curator;
        this.executor = executor;
        this.listener = listener;
        roots.forEach(root -> subtrees.add(new Subtree(root)));
    }

    void start() {
        subtrees.forEach(s -> s.watcher.start());
    }

    @Override
    public void close() {
        subtrees.forEach(s -> s.watcher.close());
    }

    private void changed() {
        if (!publishQueued) {
            publishQueued = true;
            executor.executeIfRunning(this::publishIfSettled);
        }
    }

    private void publishIfSettled() {
        publishQueued = false;
        if (subtrees.stream().allMatch(Subtree::settled)) {
            Set<String> changed = Set.copyOf(changedPaths);
            changedPaths.clear();
            listener.changed(nodes, changed);
        }
    }

    private enum Phase {
        UNREAD,
        READING,
        READ
    }

    private final class Subtree {
        private final String root;
        private final PersistentWatcher watcher;
        private Phase phase = Phase.UNREAD;
        /** Number of the last reading of the whole subtree; answers that belong to an earlier one are dropped. */
        private int reading;

        private int readsInFlight;
        private final Set<String> seen = new HashSet<>();

        Subtree(String root) {
            this.root = root;
            watcher = new PersistentWatcher(curator, root, true);
            watcher.getListenable().addListener(event -> executor.executeIfRunning(() -> onEvent(event)));
            watcher.getResetListenable().addListener(() -> executor.executeIfRunning(this::readAll));
        }

        boolean settled() {
            return phase == Phase.READ && readsInFlight == 0;
        }

        private void readAll() {
            reading++;
            phase = Phase.READING;
            seen.clear();
            readNode(root, true);
        }

        private void readAllLater() {
            reading++;
            phase = Phase.UNREAD;
            int scheduled = reading;
            executor.retry(
                    () -> {
                        if (reading == scheduled) {
                            readAll();
                        }
                    },
                    RETRY_MS);
        }

        private void onEvent(WatchedEvent event) {
            if (event.getType() == EventType.NodeDeleted) {
                forget(event.getPath());
                changed();
            } else if (event.getType() == EventType.NodeCreated || event.getType() == EventType.NodeDataChanged) {
                readNode(event.getPath(), false);
            }
        }

        private void readNode(String path, boolean withChildren) {
            Read data = callback -> curator.getData()
                    .inBackground(callback, executor::executeIfRunning)
                    .forPath(path);
            send(path, data, answer -> {
                if (answer.getStat() == null) {
                    forget(path);
                    return;
                }
                seen.add(path);
                changedPaths.add(path);
                byte[] bytes = answer.getData() == null ? new byte[0] : answer.getData();
                nodes.put(
                        path,
                        new Node(
                                bytes,
                                answer.getStat().getCzxid(),
                                answer.getStat().getVersion()));
                if (withChildren) {
                    readChildren(path);
                }
            });
        }

        private void readChildren(String path) {
            Read children = callback -> curator.getChildren()
                    .inBackground(callback, executor::executeIfRunning)
                    .forPath(path);
            send(path, children, answer -> {
                if (answer.getChildren() != null) {
                    answer.getChildren().forEach(child -> readNode(path + "/" + child, true));
                }
            });
        }

        private void send(String path, Read read, Consumer<CuratorEvent> onAnswer) {
            int sentIn = reading;
            readsInFlight++;
            try {
                read.send((client, event) -> {
                    readsInFlight--;
                    if (sentIn == reading) {
                        answered(path, event, onAnswer);
                    }
                    if (readsInFlight == 0) {
                        complete();
                    }
                });
            } catch (Exception e) {
                readsInFlight--;
                readAllAfterFailure(path, e.getMessage());
            }
        }

        private void answered(String path, CuratorEvent event, Consumer<CuratorEvent> onAnswer) {
            KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
            if (code == KeeperException.Code.OK || code == KeeperException.Code.NONODE) {
                onAnswer.accept(event);
            } else {
                readAllAfterFailure(path, code.name());
            }
        }

        private void readAllAfterFailure(String path, @Nullable String reason) {
            if (curator.getZookeeperClient().isConnected()) {
                LOG.warn("Cannot read {}, reading {} again in about {} ms: {}", path, root, RETRY_MS, reason);
            } else {
                LOG.debug("cannot read {} without a connection: {}", path, reason);
            }
            readAllLater();
        }

        /** No read is in flight: nodes that a reading of the whole subtree did not find were deleted. */
        private void complete() {
            if (phase == Phase.READING) {
                phase = Phase.READ;
                List<String> gone = nodes.keySet().stream()
                        .filter(p -> p.equals(root) || p.startsWith(root + "/"))
                        .filter(p -> !seen.contains(p))
                        .toList();
                gone.forEach(this::forget);
            }
            changed();
        }

        private void forget(String path) {
            seen.remove(path);
            if (nodes.remove(path) != null) {
                changedPaths.add(path);
            }
        }
    }

    private interface Read {
        void send(BackgroundCallback callback) throws Exception;
    }
}
