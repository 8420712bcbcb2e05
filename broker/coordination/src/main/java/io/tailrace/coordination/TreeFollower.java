package io.tailrace.coordination;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.api.BackgroundCallback;
import org.apache.curator.framework.api.CuratorEvent;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher.Event.EventType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a copy of some subtrees, with one persistent recursive watch for each.
 *
 * <p>All state belongs to the executor's one thread. ZooKeeper delivers events and answers in the order in which things
 * happened, and they are queued in that order, so that an answer is never older than the event before it. What changed is
 * told only when no read is under way: then everything that one transaction changed has arrived, since all its events come
 * before the answer to any read they cause.
 *
 * <p>After a reconnect events may have been missed: the subtree is read anew, and replaces what was known.
 */
final class TreeFollower implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TreeFollower.class);
    private static final long RETRY_MS = 500;

    /** A node as it was last read. */
    record Node(byte[] data, long czxid, int version) {}

    /** Told on the executor's thread what has changed. */
    interface Listener {
        /**
         * Something may have changed.
         *
         * @param nodes every node that is known, by path; valid during the call only
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
            execute(this::publishIfSettled);
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

    private void execute(Runnable task) {
        if (!executor.isShutdown()) {
            executor.execute(task);
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
        /** Counts readings of the whole subtree: answers to an earlier one are void. */
        private int reading;

        private int readsUnderWay;
        private final Set<String> seen = new HashSet<>();

        Subtree(String root) {
            this.root = root;
            watcher = new PersistentWatcher(curator, root, true);
            watcher.getListenable().addListener(event -> execute(() -> onEvent(event)));
            watcher.getResetListenable().addListener(() -> execute(this::readAll));
        }

        boolean settled() {
            return phase == Phase.READ && readsUnderWay == 0;
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
            int given = reading;
            executor.retry(
                    () -> {
                        if (reading == given) {
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
            Question data = callback ->
                    curator.getData().inBackground(callback, executor).forPath(path);
            ask(path, data, answer -> {
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
            Question children = callback ->
                    curator.getChildren().inBackground(callback, executor).forPath(path);
            ask(path, children, answer -> {
                if (answer.getChildren() != null) {
                    answer.getChildren().forEach(child -> readNode(path + "/" + child, true));
                }
            });
        }

        private void ask(String path, Question question, Answer answer) {
            int asked = reading;
            readsUnderWay++;
            try {
                question.ask((client, event) -> {
                    readsUnderWay--;
                    if (asked == reading) {
                        take(path, event, answer);
                    }
                    if (readsUnderWay == 0) {
                        complete();
                    }
                });
            } catch (Exception e) {
                readsUnderWay--;
                LOG.warn("cannot ask for {}, reading {} anew in about {} ms: {}", path, root, RETRY_MS, e.getMessage());
                readAllLater();
            }
        }

        private void take(String path, CuratorEvent event, Answer answer) {
            KeeperException.Code code = KeeperException.Code.get(event.getResultCode());
            if (code == KeeperException.Code.OK || code == KeeperException.Code.NONODE) {
                answer.take(event);
                return;
            }
            LOG.warn("cannot read {}, reading {} anew in about {} ms: {}", path, root, RETRY_MS, code);
            readAllLater();
        }

        /** No read is under way: what a reading of the whole subtree did not find is gone. */
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

    private interface Question {
        void ask(BackgroundCallback callback) throws Exception;
    }

    private interface Answer {
        void take(CuratorEvent event);
    }
}
