package io.tailrace.loader.run;

import io.tailrace.loader.commit.Publisher;
import io.tailrace.loader.hours.Completeness;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A run that is followed by the publication of the topic's complete hours, and by the merge of their files, also if there was
 * nothing to load. Used by one thread.
 */
public final class MarkedRun implements TopicLoad.Run {
    private static final Logger log = LoggerFactory.getLogger(MarkedRun.class);

    private final TopicLoad.Run run;
    private final Completeness completeness;
    private final Optional<CompleteHourMerge> merge;

    /** @param merge merges the files of complete hours, unless that is turned off */
    public MarkedRun(TopicLoad.Run run, Completeness completeness, Optional<CompleteHourMerge> merge) {
        this.run = run;
        this.completeness = completeness;
        this.merge = merge;
    }

    @Override
    public LoadResult run() throws IOException {
        completeness.prepare();
        LoadResult result = run.run();
        List<Publisher.Failure> failures = andMarks(result.failures());
        if (!failures.isEmpty() || merge.isEmpty()) {
            return result.withFailures(failures);
        }
        try {
            return result.withFailures(merge.get().run());
        } catch (IOException | RuntimeException e) {
            // The load has done its work. Its rows can be read whether or not their files are merged.
            log.error("merge of complete hours failed: topic {}, {}", result.topic(), Failures.message(e), e);
            return result.withMergeFailure(e);
        }
    }

    @Override
    public List<Publisher.Failure> publish() throws IOException {
        return andMarks(run.publish());
    }

    private List<Publisher.Failure> andMarks(List<Publisher.Failure> failures) {
        List<Publisher.Failure> all = new ArrayList<>(failures);
        all.addAll(completeness.publish());
        return all;
    }
}
