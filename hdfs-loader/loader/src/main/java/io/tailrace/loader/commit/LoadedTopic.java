package io.tailrace.loader.commit;

import java.util.Optional;
import java.util.UUID;

/**
 * The topic that a commit loaded. A topic that is deleted and created again keeps its name and gets another id.
 *
 * @param name the topic's name
 * @param id the topic's id; empty if the commit was written before ids were kept
 * @param series number of the topic's incarnation among those that were loaded, from 0; offsets count anew in each
 */
public record LoadedTopic(String name, Optional<UUID> id, int series) {}
