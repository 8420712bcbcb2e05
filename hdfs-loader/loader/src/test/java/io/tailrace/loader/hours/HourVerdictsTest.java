package io.tailrace.loader.hours;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.loader.audit.Verdict;
import io.tailrace.loader.store.InterceptedFileSystem;
import io.tailrace.loader.store.Store;
import io.tailrace.loader.store.Stores;
import io.tailrace.loader.table.Layout;
import io.tailrace.loader.table.PathPartition;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HourVerdictsTest {
    private static final PathPartition HOUR = PathPartition.parse("dt=2015-05-17/hr=10");
    private static final PathPartition NEXT_DAY = PathPartition.parse("dt=2015-05-18/hr=10");

    private final List<String> calls = new ArrayList<>();
    private Runnable beforeOpen = () -> {};
    private Store store;
    private HourVerdicts verdicts;

    private final class Calls implements InterceptedFileSystem.Interceptor {
        @Override
        public <T> T call(String name, InterceptedFileSystem.Call<T> call) throws IOException {
            calls.add(name);
            if (name.startsWith("open ")) {
                Runnable once = beforeOpen;
                beforeOpen = () -> {};
                once.run();
            }
            return call.run();
        }
    }

    @BeforeEach
    void open(@TempDir java.nio.file.Path dir) throws IOException {
        Path root = new Path(dir.toUri());
        store = Stores.open(root, new Configuration(), files -> new InterceptedFileSystem(files, new Calls()));
        verdicts = new HourVerdicts(store, new Layout(root, "access-log"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    private void put(PathPartition hour, Verdict verdict, boolean announced) {
        try {
            verdicts.put(hour.dt(), List.of(new HourVerdict(hour, verdict, "", new TreeMap<>(), 1, 0, announced)));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void completeHoursAreThoseThatAreAnnouncedAsComplete() throws IOException {
        put(HOUR, Verdict.COMPLETE, true);
        put(NEXT_DAY, Verdict.COMPLETE, false);
        assertThat(verdicts.complete()).containsExactly(HOUR);

        put(NEXT_DAY, Verdict.COMPLETE, true);
        assertThat(verdicts.complete()).containsExactly(HOUR, NEXT_DAY);
        assertThat(verdicts.complete(List.of(NEXT_DAY))).containsExactly(NEXT_DAY);

        put(HOUR, Verdict.MISSING, true);
        assertThat(verdicts.complete()).containsExactly(NEXT_DAY);
    }

    @Test
    void listsTheFolderOnceHoweverManyDaysThereAre() throws IOException {
        put(HOUR, Verdict.COMPLETE, true);
        put(NEXT_DAY, Verdict.COMPLETE, true);
        calls.clear();

        verdicts.complete();

        assertThat(calls).filteredOn(call -> call.startsWith("list ")).hasSize(1);
    }

    @Test
    void readsTheNextVersionIfOneIsReplacedWhileItIsRead() throws IOException {
        put(HOUR, Verdict.WAITING, true);
        beforeOpen = () -> put(HOUR, Verdict.COMPLETE, true);

        assertThat(verdicts.of(HOUR)).map(HourVerdict::verdict).contains(Verdict.COMPLETE);
    }
}
