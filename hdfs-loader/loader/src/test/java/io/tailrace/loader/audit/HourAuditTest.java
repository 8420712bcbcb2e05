package io.tailrace.loader.audit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.table.PathPartition;
import io.tailrace.schemas.audit.ContentHash;
import io.tailrace.schemas.audit.ContentSum;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HourAuditTest {
    private static final String TOPIC = "access-log";
    private static final PathPartition HOUR = PathPartition.parse("dt=2015-05-17/hr=10");
    private static final PathPartition NEXT_HOUR = PathPartition.parse("dt=2015-05-17/hr=11");
    private static final long START_MS = HOUR.endMs() - 3_600_000;
    private static final long WINDOW_MS = 600_000;
    private static final AgentId WEB1 = new AgentId("web1", "a1");
    private static final AgentId WEB2 = new AgentId("web2", "a2");

    private final AgentReports reports = new AgentReports(Set.of(TOPIC), Set.of("web3"));

    private static ContentSum sum(List<String> records) {
        ContentSum sum = ContentSum.ZERO;
        for (String record : records) {
            sum = sum.plus(ContentHash.of(record.getBytes(UTF_8)));
        }
        return sum;
    }

    private static List<String> records(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "web1 file 0001 offset " + i * 100 + " GET /page" + i)
                .collect(Collectors.toList());
    }

    private static AgentCount count(AgentId agent, long sequence, long windowStartMs, ContentSum sum) {
        return new AgentCount(agent, sequence, TOPIC, windowStartMs, sum.count(), Optional.of(sum), 0);
    }

    private static AgentProgress readUpTo(AgentId agent, long readUpToMs, long nextSequence) {
        return new AgentProgress(agent, TOPIC, readUpToMs, nextSequence, false, List.of());
    }

    private static LoadedHour loaded(Map<String, ContentSum> sums) {
        return new LoadedHour(new TreeMap<>(sums), 0, List.of());
    }

    private HostAudit audit(LoadedHour loaded) {
        return audit(loaded, Optional.empty());
    }

    private HostAudit audit(LoadedHour loaded, Optional<String> unloaded) {
        List<HostAudit> audits = new HourAudit(reports, TOPIC, unloaded).of(HOUR, loaded);
        assertThat(audits).hasSize(1);
        return audits.get(0);
    }

    private void sendTen() {
        reports.add(count(WEB1, 0, START_MS, sum(records(10).subList(0, 4))));
        reports.add(count(WEB1, 1, START_MS + WINDOW_MS, sum(records(10).subList(4, 10))));
        reports.add(readUpTo(WEB1, HOUR.endMs(), 2));
    }

    @Test
    void anHourWithExactlyTheSentRecordsIsComplete() {
        sendTen();

        HostAudit audit = audit(loaded(Map.of("web1", sum(records(10)))));

        assertThat(audit).isEqualTo(new HostAudit(TOPIC, HOUR, "web1", 10, 10, 10, 0, Verdict.COMPLETE, ""));
    }

    @Test
    void aCountThatWasSentAgainCountsOnce() {
        sendTen();
        sendTen();

        assertThat(audit(loaded(Map.of("web1", sum(records(10))))).verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void namesHowManyRecordsAreMissingOrExtra() {
        sendTen();

        HostAudit missing = audit(loaded(Map.of("web1", sum(records(8)))));
        assertThat(missing.verdict()).isEqualTo(Verdict.MISSING);
        assertThat(missing.detail()).isEqualTo("2 records are missing");
        HostAudit extra = audit(loaded(Map.of("web1", sum(records(11)))));
        assertThat(extra.verdict()).isEqualTo(Verdict.EXTRA);
        assertThat(extra.detail()).isEqualTo("1 records too many");
        assertThat(audit(new LoadedHour(new TreeMap<>(Map.of("web1", sum(records(8)))), 2, List.of()))
                        .detail())
                .isEqualTo("2 records are missing; 2 records of the hour are in the error table");
    }

    @Test
    void aLostAndADoubledRecordDoNotMakeUpForEachOther() {
        sendTen();
        List<String> records = records(10);
        records.set(3, records.get(4));

        assertThat(audit(loaded(Map.of("web1", sum(records)))).verdict()).isEqualTo(Verdict.ALTERED);
    }

    @Test
    void waitsForAnAgentThatIsBehindByName() {
        sendTen();
        reports.add(new AgentProgress(
                WEB2, TOPIC, HOUR.endMs() - 1, 0, true, List.of("/var/log/access.log: permission denied")));

        List<HostAudit> audits =
                new HourAudit(reports, TOPIC, Optional.empty()).of(HOUR, loaded(Map.of("web1", sum(records(10)))));

        assertThat(audits).extracting(HostAudit::verdict).containsExactly(Verdict.COMPLETE, Verdict.WAITING);
        assertThat(audits.get(1).detail())
                .isEqualTo("agent a2 was stopped and has read up to 2015-05-17T10:59:59.999Z, waiting for"
                        + " /var/log/access.log: permission denied");
    }

    @Test
    void doesNotWaitForAHostThatIsLeftOut() {
        sendTen();
        reports.add(readUpTo(new AgentId("web3", "a3"), START_MS, 0));

        assertThat(audit(loaded(Map.of("web1", sum(records(10))))).verdict()).isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void waitsForCountsThatHaveNotArrived() {
        sendTen();
        reports.add(readUpTo(WEB1, HOUR.endMs(), 4));

        HostAudit audit = audit(loaded(Map.of("web1", sum(records(10)))));

        assertThat(audit.verdict()).isEqualTo(Verdict.WAITING);
        assertThat(audit.detail()).isEqualTo("counts 2 to 3 of agent a1 are not all in the audit topic");
    }

    @Test
    void waitsForTheLoaderOnlyIfRecordsAreMissing() {
        sendTen();
        Optional<String> unloaded = Optional.of("the loader has 5 offsets to load");

        HostAudit waiting = audit(loaded(Map.of("web1", sum(records(8)))), unloaded);
        assertThat(waiting.verdict()).isEqualTo(Verdict.WAITING);
        assertThat(waiting.detail()).isEqualTo("the loader has 5 offsets to load");
        assertThat(audit(loaded(Map.of("web1", sum(records(10)))), unloaded).verdict())
                .isEqualTo(Verdict.COMPLETE);
    }

    @Test
    void whatNobodyCountsIsUnaudited() {
        assertThat(audit(loaded(Map.of("", sum(records(3))))).verdict()).isEqualTo(Verdict.UNAUDITED);
        assertThat(audit(loaded(Map.of("app7", sum(records(3))))).detail())
                .isEqualTo("no agent counts this host's records");
    }

    @Test
    void aHostWhoseAgentSentNothingInTheHourHasNothingThere() {
        reports.add(readUpTo(WEB1, HOUR.endMs(), 0));

        assertThat(audit(loaded(Map.of("web1", sum(records(1))))).verdict()).isEqualTo(Verdict.EXTRA);
    }

    @Test
    void anHourThatHasOnlyFilesWithoutSumsIsUnaudited() {
        LoadedHour loaded = new LoadedHour(new TreeMap<>(), 0, List.of("old.parquet"));

        List<HostAudit> audits = new HourAudit(reports, TOPIC, Optional.empty()).of(HOUR, loaded);

        assertThat(audits).singleElement().satisfies(audit -> assertThat(audit.verdict())
                .isEqualTo(Verdict.UNAUDITED));
    }

    @Test
    void filesWithoutSumsAreUnaudited() {
        sendTen();

        HostAudit audit = audit(new LoadedHour(new TreeMap<>(), 0, List.of("/out/a.parquet", "/out/b.parquet")));

        assertThat(audit.verdict()).isEqualTo(Verdict.UNAUDITED);
        assertThat(audit.detail()).isEqualTo("no sums in 2 files, such as /out/a.parquet");
    }

    /** A fault in the rows of two hours, of which the second is empty at first. */
    private enum Fault {
        DELETED {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                hour.remove(random.nextInt(hour.size()));
            }
        },
        DOUBLED {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                hour.add(hour.get(random.nextInt(hour.size())));
            }
        },
        LOST_AND_DOUBLED {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                int lost = random.nextInt(hour.size());
                hour.set(lost, hour.get((lost + 1 + random.nextInt(hour.size() - 1)) % hour.size()));
            }
        },
        SWAPPED_FIELDS {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                int one = random.nextInt(hour.size());
                int other = (one + 1) % hour.size();
                String first = hour.get(one);
                String second = hour.get(other);
                int at = first.indexOf(" GET ");
                int otherAt = second.indexOf(" GET ");
                hour.set(one, first.substring(0, at) + second.substring(otherAt));
                hour.set(other, second.substring(0, otherAt) + first.substring(at));
            }
        },
        EDITED {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                int edited = random.nextInt(hour.size());
                char[] text = hour.get(edited).toCharArray();
                int at = random.nextInt(text.length);
                text[at] = (char) (text[at] ^ 1);
                hour.set(edited, new String(text));
            }
        },
        MOVED {
            @Override
            void inject(List<String> hour, List<String> next, Random random) {
                next.add(hour.remove(random.nextInt(hour.size())));
            }
        };

        abstract void inject(List<String> hour, List<String> next, Random random);
    }

    @Test
    void findsEachOfAThousandFaultsAndNoneInAThousandCleanHours() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        reports.add(count(WEB1, 0, START_MS, sum(records(200))));
        reports.add(readUpTo(WEB1, NEXT_HOUR.endMs(), 1));
        HourAudit judge = new HourAudit(reports, TOPIC, Optional.empty());
        for (int i = 0; i < 1_000; i++) {
            Fault fault = Fault.values()[i % Fault.values().length];
            List<String> hour = records(200);
            List<String> next = new ArrayList<>();
            Collections.shuffle(hour, random);
            assertThat(judge.of(HOUR, loaded(Map.of("web1", sum(hour)))))
                    .as("clean, seed %d", seed)
                    .extracting(HostAudit::verdict)
                    .containsExactly(Verdict.COMPLETE);

            fault.inject(hour, next, random);

            assertThat(judge.of(HOUR, loaded(Map.of("web1", sum(hour)))))
                    .as("%s, seed %d", fault, seed)
                    .extracting(HostAudit::verdict)
                    .doesNotContain(Verdict.COMPLETE);
            if (fault == Fault.MOVED) {
                assertThat(judge.of(NEXT_HOUR, loaded(Map.of("web1", sum(next)))))
                        .as("%s, seed %d", fault, seed)
                        .extracting(HostAudit::verdict)
                        .containsExactly(Verdict.EXTRA);
            }
        }
    }
}
