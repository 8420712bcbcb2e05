package io.tailrace.loader.commit;

import io.tailrace.client.ClientException;
import io.tailrace.protocol.TopicPartition;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Commits the ends of the loaded offsets to the loader's consumer group, for lag tools. The loader never reads them. */
public final class OffsetsPublication implements Publication {
    private final OffsetCommitter committer;

    /** @param committer commits offsets to the group */
    public OffsetsPublication(OffsetCommitter committer) {
        this.committer = committer;
    }

    @Override
    public String name() {
        return "offsets";
    }

    @Override
    public boolean needsFiles() {
        return false;
    }

    @Override
    public void publish(List<Manifest> commits, TopicState state) throws IOException {
        commit(commits.get(commits.size() - 1));
    }

    @Override
    public void publishAll(TopicState state) throws IOException {
        if (state.newest().isPresent()) {
            commit(state.newest().get());
        }
    }

    /**
     * Commits the ends of a manifest, which may be committed already: without a commit now and then they would expire, and lag
     * tools would no longer see the group.
     */
    public void commit(Manifest manifest) throws IOException {
        Map<TopicPartition, Long> ends = new HashMap<>();
        manifest.endOffsets()
                .forEach((partition, end) ->
                        ends.put(new TopicPartition(manifest.topic().name(), partition), end));
        try {
            committer.commit(ends);
        } catch (ClientException e) {
            throw new IOException(
                    "cannot commit the offsets of topic " + manifest.topic().name() + ": " + e.getMessage(), e);
        }
    }
}
