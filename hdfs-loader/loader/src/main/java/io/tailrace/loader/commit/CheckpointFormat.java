package io.tailrace.loader.commit;

import com.fasterxml.jackson.databind.JsonNode;
import io.tailrace.loader.commit.ManifestFormat.RemovedFile;
import io.tailrace.loader.table.DataFile;
import java.util.List;

/**
 * The JSON form of a {@link TopicState}, drawn in {@code docs/format.md}: its newest manifest and its live files. Reading is as
 * strict as that of manifests.
 */
final class CheckpointFormat {
    private static final int VERSION = 1;

    private CheckpointFormat() {}

    /** Format 1. The manifest is in any format that the loader reads. */
    record Format1(int checkpoint, long recordBytes, JsonNode newest, List<RemovedFile> files) {}

    static byte[] encode(TopicState state) {
        Manifest newest = state.newest()
                .orElseThrow(() -> new IllegalStateException("nothing is committed, so there is nothing to keep"));
        return ManifestFormat.bytes(new Format1(
                VERSION,
                state.recordBytes(),
                ManifestFormat.tree(newest),
                state.files().stream().map(ManifestFormat::removed).toList()));
    }

    /**
     * Reads a checkpoint.
     *
     * @throws IllegalArgumentException if the bytes are not a checkpoint in a known format; the message names the field, what was
     *     expected and what was found
     */
    static TopicState decode(byte[] bytes) {
        Format1 json = ManifestFormat.read(bytes, Format1.class);
        if (json.checkpoint() != VERSION) {
            throw new IllegalArgumentException("checkpoint: expected " + VERSION + ", found " + json.checkpoint());
        }
        List<DataFile> files =
                json.files().stream().map(ManifestFormat::removed).toList();
        return TopicState.of(ManifestFormat.decode(json.newest()), json.recordBytes(), files);
    }
}
