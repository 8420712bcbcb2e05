package io.tailrace.agent;

import io.tailrace.agent.tail.FollowedFile;
import io.tailrace.client.Producer;
import java.util.ArrayList;
import java.util.Collection;
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

    /** Sends a chunk. */
    void add(Sending.Read lines, SendingParts parts, Producer producer, long steadyMs) {
        Flight flight = new Flight(lines, parts, producer, steadyMs);
        lines.source().rate().gaveBack(flight.filtered());
        flights.add(flight);
    }

    /** All of them. */
    List<Flight> all() {
        return List.copyOf(flights);
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
            boolean isDone = flight.advance(steadyMs);
            if (isDone && !waiting.contains(flight.file())) {
                moved.add(flight.file());
                landed.add(flight);
                continue;
            }
            left.add(flight);
            if (waiting.add(flight.file()) && moved.contains(flight.file())) {
                flight.waitSince(steadyMs);
            }
        }
        flights = left;
        return landed;
    }

    /** Tells every source for how long the first of its chunks in flight have waited. */
    static void observe(Collection<Flight> inFlight, List<TailedSource> sources, long steadyMs) {
        Map<TailedSource, Flight> longest = new HashMap<>();
        Set<FollowedFile> seen = new HashSet<>();
        for (Flight flight : inFlight) {
            if (seen.add(flight.file())) {
                longest.merge(flight.source(), flight, Flight::longer);
            }
        }
        for (TailedSource source : sources) {
            @Nullable Flight first = longest.get(source);
            if (first == null) {
                source.silence().end();
            } else {
                source.silence().observe(first.waitingSinceMs(), steadyMs, () -> first.obstacle());
            }
        }
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    /** How many lines they have. */
    int lines() {
        return flights.stream().mapToInt(Flight::lines).sum();
    }
}
