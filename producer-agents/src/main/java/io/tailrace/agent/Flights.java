package io.tailrace.agent;

import io.tailrace.agent.delivery.ChunkDelivery;
import io.tailrace.agent.tail.FollowedFile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The chunks that are sent and not acknowledged, in the order in which they were sent. A chunk is landed when it is acknowledged, and
 * all before it of the same file are. Not thread-safe.
 */
final class Flights {
    private List<Flight> flights = new ArrayList<>();

    /** A chunk on its way. */
    static final class Flight {
        private final TailedSource source;
        private final FollowedFile file;
        private final ChunkDelivery delivery;
        /** When the chunk was sent, or the one before it in the file landed. */
        private long waitingSinceMs;

        private Flight(TailedSource source, FollowedFile file, ChunkDelivery delivery, long sentMs) {
            this.source = source;
            this.file = file;
            this.delivery = delivery;
            this.waitingSinceMs = sentMs;
        }

        TailedSource source() {
            return source;
        }

        FollowedFile file() {
            return file;
        }

        ChunkDelivery delivery() {
            return delivery;
        }

        private static Flight longer(Flight one, Flight other) {
            return one.waitingSinceMs <= other.waitingSinceMs ? one : other;
        }
    }

    void add(TailedSource source, FollowedFile file, ChunkDelivery delivery, long sentMs) {
        flights.add(new Flight(source, file, delivery, sentMs));
    }

    /**
     * Removes the chunks that have landed.
     *
     * @return these, in the order in which they were sent
     */
    List<Flight> takeLanded(long steadyMs) {
        List<Flight> landed = new ArrayList<>();
        Set<FollowedFile> waiting = new HashSet<>();
        Set<FollowedFile> moved = new HashSet<>();
        List<Flight> left = new ArrayList<>();
        for (Flight flight : flights) {
            boolean isDone = flight.delivery.advance(steadyMs);
            if (isDone && !waiting.contains(flight.file)) {
                moved.add(flight.file);
                landed.add(flight);
                continue;
            }
            left.add(flight);
            if (waiting.add(flight.file) && moved.contains(flight.file)) {
                flight.waitingSinceMs = steadyMs;
            }
        }
        flights = left;
        return landed;
    }

    /** Tells every source for how long its first chunks have waited. */
    void observe(List<TailedSource> sources, long steadyMs) {
        Map<TailedSource, Flight> longest = new HashMap<>();
        Set<FollowedFile> seen = new HashSet<>();
        for (Flight flight : flights) {
            if (seen.add(flight.file)) {
                longest.merge(flight.source, flight, Flight::longer);
            }
        }
        for (TailedSource source : sources) {
            @Nullable Flight first = longest.get(source);
            if (first == null) {
                source.silence().end();
            } else {
                source.silence().observe(first.waitingSinceMs, steadyMs, first.delivery::obstacle);
            }
        }
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    /** How many lines would be sent again after a crash now. */
    int lines() {
        return flights.stream()
                .mapToInt(flight -> flight.delivery.chunk().lines().count())
                .sum();
    }
}
