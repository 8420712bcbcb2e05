package io.tailrace.replication.history.transactions;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A directed graph whose edges are of several kinds, in arrays, so that a million nodes fit in little memory. */
final class DependencyGraph {
    /** A step along an edge. */
    record Edge(int from, int to, int kind) {}

    private final int nodes;
    private int count;
    private int[] from = new int[1024];
    private int[] to = new int[1024];
    private byte[] kind = new byte[1024];
    private int[] firstOf = {};

    DependencyGraph(int nodes) {
        this.nodes = nodes;
    }

    /** @param edgeKind one bit */
    void add(int edgeFrom, int edgeTo, int edgeKind) {
        if (edgeFrom == edgeTo) {
            return;
        }
        if (count == from.length) {
            from = Arrays.copyOf(from, 2 * count);
            to = Arrays.copyOf(to, 2 * count);
            kind = Arrays.copyOf(kind, 2 * count);
        }
        from[count] = edgeFrom;
        to[count] = edgeTo;
        kind[count++] = (byte) edgeKind;
    }

    /** Sorts the edges by where they begin, after the last of them was added. */
    void complete() {
        firstOf = new int[nodes + 1];
        for (int i = 0; i < count; i++) {
            firstOf[from[i] + 1]++;
        }
        for (int node = 0; node < nodes; node++) {
            firstOf[node + 1] += firstOf[node];
        }
        int[] next = Arrays.copyOf(firstOf, nodes);
        int[] sortedTo = new int[count];
        byte[] sortedKind = new byte[count];
        for (int i = 0; i < count; i++) {
            int place = next[from[i]]++;
            sortedTo[place] = to[i];
            sortedKind[place] = kind[i];
        }
        to = sortedTo;
        kind = sortedKind;
        from = new int[0];
    }

    /** The strongly connected components of more than one node, over edges of these kinds (Tarjan, without recursion). */
    List<int[]> components(int kinds) {
        return new Tarjan(kinds).run();
    }

    /** A shortest cycle through a node that stays among these nodes; empty if there is none. */
    List<Edge> cycle(int start, int[] among, int kinds) {
        BitSet allowed = new BitSet(nodes);
        Arrays.stream(among).forEach(allowed::set);
        Map<Integer, Edge> reachedBy = new HashMap<>();
        ArrayDeque<Integer> queue = new ArrayDeque<>(List.of(start));
        while (!queue.isEmpty()) {
            int node = queue.remove();
            for (int i = firstOf[node]; i < firstOf[node + 1]; i++) {
                boolean isNew = (kind[i] & kinds) != 0 && allowed.get(to[i]) && !reachedBy.containsKey(to[i]);
                if (isNew) {
                    reachedBy.put(to[i], new Edge(node, to[i], kind[i]));
                    queue.add(to[i]);
                }
            }
            if (reachedBy.containsKey(start)) {
                return path(reachedBy, start);
            }
        }
        return List.of();
    }

    private static List<Edge> path(Map<Integer, Edge> reachedBy, int start) {
        ArrayDeque<Edge> path = new ArrayDeque<>();
        Edge edge = Objects.requireNonNull(reachedBy.get(start));
        path.addFirst(edge);
        while (edge.from() != start) {
            edge = Objects.requireNonNull(reachedBy.get(edge.from()));
            path.addFirst(edge);
        }
        return List.copyOf(path);
    }

    private final class Tarjan {
        private static final int UNSEEN = 0;

        private final int kinds;
        private final int[] number = new int[nodes];
        private final int[] low = new int[nodes];
        private final int[] edge = new int[nodes];
        private final int[] open = new int[nodes];
        private final int[] path = new int[nodes];
        private final BitSet isOpen = new BitSet(nodes);
        private final List<int[]> found = new ArrayList<>();
        private int openCount;
        private int pathCount;
        private int numbers = UNSEEN;

        Tarjan(int kinds) {
            this.kinds = kinds;
        }

        List<int[]> run() {
            for (int node = 0; node < nodes; node++) {
                if (number[node] == UNSEEN) {
                    enter(node);
                    while (pathCount > 0) {
                        step(path[pathCount - 1]);
                    }
                }
            }
            return found;
        }

        private void enter(int node) {
            number[node] = ++numbers;
            low[node] = numbers;
            edge[node] = firstOf[node];
            open[openCount++] = node;
            isOpen.set(node);
            path[pathCount++] = node;
        }

        /** Follows the next edge of a node, or leaves it. */
        private void step(int node) {
            if (edge[node] == firstOf[node + 1]) {
                leave(node);
                return;
            }
            int i = edge[node]++;
            if ((kind[i] & kinds) == 0) {
                return;
            }
            int next = to[i];
            if (number[next] == UNSEEN) {
                enter(next);
            } else if (isOpen.get(next)) {
                low[node] = Math.min(low[node], number[next]);
            }
        }

        private void leave(int node) {
            pathCount--;
            if (pathCount > 0) {
                int parent = path[pathCount - 1];
                low[parent] = Math.min(low[parent], low[node]);
            }
            if (low[node] != number[node]) {
                return;
            }
            int end = openCount;
            int last;
            do {
                last = open[--openCount];
                isOpen.clear(last);
            } while (last != node);
            if (end - openCount > 1) {
                found.add(Arrays.copyOfRange(open, openCount, end));
            }
        }
    }
}
