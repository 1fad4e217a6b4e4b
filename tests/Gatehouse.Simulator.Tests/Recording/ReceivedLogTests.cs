using Gatehouse.Simulator.Recording;

namespace Gatehouse.Simulator.Tests.Recording;

public class ReceivedLogTests
{
    [Fact]
    public void Bodies_of_requests_that_are_no_longer_kept_take_no_room()
    {
        var log = new ReceivedLog();
        var slow = Enumerable.Range(0, 100).Select(_ => Arrive(log)).ToList();
        for (var i = 0; i < 256; i++) Arrive(log);
        // Their bodies come whole only now that 256 others came after them: far more than the log may hold.
        foreach (var request in slow) log.Attach(request, new byte[4 << 20]);
        log.Attach(Arrive(log), new byte[4 << 20]);
        log.All.Count.ShouldBe(256);
    }

    [Fact]
    public void Bodies_that_come_after_a_clearing_take_no_room()
    {
        var log = new ReceivedLog();
        var slow = Enumerable.Range(0, 100).Select(_ => Arrive(log)).ToList();
        log.Clear();
        foreach (var request in slow) log.Attach(request, new byte[4 << 20]);
        Arrive(log);
        log.Attach(Arrive(log), new byte[1]);
        log.All.Count.ShouldBe(2);
    }

    [Fact]
    public void The_oldest_go_when_the_bodies_take_too_much_room()
    {
        var log = new ReceivedLog();
        for (var i = 0; i < 20; i++) log.Attach(Arrive(log), new byte[4 << 20]);
        log.All.Count.ShouldBe(16);
    }

    private static ReceivedRequest Arrive(ReceivedLog log)
    {
        var request = new ReceivedRequest { ReceivedAt = default, Method = "POST", PathAndQuery = "/v1/messages", Headers = [] };
        log.Add(request);
        return request;
    }
}
