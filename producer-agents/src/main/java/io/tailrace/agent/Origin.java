package io.tailrace.agent;

import org.apache.avro.util.Utf8;

/**
 * Where the lines of a content come from, encoded once for all of them.
 *
 * @param file the path under which the content was first found
 * @param fileId the content's identity
 * @param key the key of the lines' records, see {@link RecordEncoder#keyOf}
 */
record Origin(Utf8 file, Utf8 fileId, byte[] key) {}
