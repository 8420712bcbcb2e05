package io.tailrace.simulation;

import io.tailrace.simulation.Step.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** The faults of one history, in order of time. */
record Schedule(List<Step> steps) {
    /** By then the cluster has started. */
    private static final int BEGIN_MS = 250;

    private static final int STEPS_MAX = 16;
    private static final int[] PACES_MS_MAX = {25, 100, 350};

    Schedule {
        steps = List.copyOf(steps);
    }

    /** Each history has faults of a few kinds, at its own pace, so that they often overlap. */
    static Schedule of(Random random, List<Kind> possible) {
        List<Kind> kinds = new ArrayList<>(possible);
        Collections.shuffle(kinds, random);
        kinds = kinds.subList(0, 2 + random.nextInt(kinds.size() - 1));
        int paceMsMax = PACES_MS_MAX[random.nextInt(PACES_MS_MAX.length)];
        List<Step> steps = new ArrayList<>();
        long atMs = BEGIN_MS;
        for (int left = 3 + random.nextInt(STEPS_MAX - 2); left > 0; left--) {
            atMs += random.nextInt(paceMsMax);
            int broker = 1 + random.nextInt(Settings.BROKERS);
            int other = (broker + 1 + random.nextInt(Settings.BROKERS)) % (Settings.BROKERS + 1);
            long forMs = 1L + random.nextInt(random.nextBoolean() ? 60 : 700);
            steps.add(new Step(atMs, kinds.get(random.nextInt(kinds.size())), broker, other, forMs));
        }
        return new Schedule(steps);
    }

    long endMs() {
        return steps.stream()
                .mapToLong(step -> step.atMs() + step.forMs())
                .max()
                .orElse(BEGIN_MS);
    }

    /** The same faults, each by this time later. */
    Schedule later(long ms) {
        return new Schedule(steps.stream()
                .map(step -> new Step(step.atMs() + ms, step.kind(), step.broker(), step.other(), step.forMs()))
                .toList());
    }

    Schedule without(int from, int to) {
        List<Step> left = new ArrayList<>(steps);
        left.subList(from, to).clear();
        return new Schedule(left);
    }

    @Override
    public String toString() {
        return steps.stream().map(Step::toString).collect(Collectors.joining("\n"));
    }
}
