using System.Diagnostics;
using System.Runtime.InteropServices;
using AgentSystem.Protocol;
using AgentSystem.ServiceDefaults.Chaos;

namespace AgentSystem.Workers.Chaos;

/// <summary>How this process dies: at once, as the kernel would have it die. A test takes its place.</summary>
internal interface IDeath
{
    /// <summary>Does not return.</summary>
    void Die();
}

/// <summary>SIGKILL: no handler runs, no line is written, no heartbeat is taken away.</summary>
internal sealed class Kill : IDeath
{
    public void Die() => Process.GetCurrentProcess().Kill();
}

/// <summary>
/// <c>crash-loop</c>: the process dies soon after each start. How often it has is kept beside the order, since no process outlives it: after
/// that many times the worker is left alone.
/// </summary>
internal sealed class CrashLoop(SharedVolume volume, IDeath death, TimeProvider time) : IFault, IDisposable
{
    private ITimer? _timer;

    public string Name => FaultCatalog.CrashLoop;

    public void Begin(FaultOrder order) => _timer = time.CreateTimer(
        _ => Crash(order), null, TimeSpan.FromSeconds(order.Number(FaultCatalog.Parameters.Every)), Timeout.InfiniteTimeSpan);

    public void End() => _timer?.Dispose();

    public void Dispose() => End();

    private void Crash(FaultOrder order)
    {
        using (var crashes = new FileStream(volume.CrashesPath(order.Id), FileMode.Append, FileAccess.Write, FileShare.ReadWrite))
        {
            if (crashes.Length >= order.Number(FaultCatalog.Parameters.Times))
                return;
            crashes.WriteByte((byte)'.');
        }
        death.Die();
    }
}

/// <summary><c>worker-down</c>: the process dies, and the next one does not get further than its start while the fault is there.</summary>
internal sealed partial class WorkerDown(FaultOrders orders, IDeath death, TimeProvider time, ILogger<WorkerDown> logger) : IFault, IHostedLifecycleService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public string Name => FaultCatalog.WorkerDown;

    public void Begin(FaultOrder order) => death.Die();

    public void End()
    {
    }

    /// <summary>Before anything else of the process starts, its server included.</summary>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        for (var isFirst = true; orders.Current().Any(order => order.Fault == Name); isFirst = false)
        {
            if (isFirst)
                Held();
            await timer.WaitForNextTickAsync(cancellationToken);
        }
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(Level = LogLevel.Warning, Message = "This worker is kept from starting by the injected fault worker-down")]
    private partial void Held();
}

/// <summary><c>memory-hog</c>: takes memory outside the garbage collector's, and writes to each page, so that it really is used.</summary>
internal sealed class MemoryHog : IFault, IDisposable
{
    // So large that the C library takes each from the kernel, and gives it back.
    internal const int BlockBytes = 64 << 20, PageBytes = 4096;

    private readonly Lock _gate = new();
    private readonly List<nint> _blocks = [];
    private Thread? _eater;
    private volatile bool _isOn;

    public string Name => FaultCatalog.MemoryHog;

    /// <summary>Where the memory is.</summary>
    internal IReadOnlyList<nint> Blocks
    {
        get
        {
            lock (_gate)
                return [.. _blocks];
        }
    }

    public void Begin(FaultOrder order)
    {
        _isOn = true;
        var wanted = (int)Math.Ceiling(order.Number(FaultCatalog.Parameters.Megabytes) * (1 << 20) / BlockBytes);
        _eater = new Thread(() => Eat(wanted)) { IsBackground = true, Name = Name };
        _eater.Start();
    }

    public void End()
    {
        _isOn = false;
        _eater?.Join();
        lock (_gate)
        {
            foreach (var block in _blocks)
                Marshal.FreeHGlobal(block);
            _blocks.Clear();
        }
    }

    public void Dispose() => End();

    private void Eat(int wanted)
    {
        for (var i = 0; i < wanted && _isOn; i++)
        {
            var block = Marshal.AllocHGlobal(BlockBytes);
            for (var page = 0; page < BlockBytes; page += PageBytes)
                Marshal.WriteByte(block, page, 1);
            lock (_gate)
                _blocks.Add(block);
        }
    }
}

/// <summary><c>cpu-burner</c>: threads that compute nothing.</summary>
internal sealed class CpuBurner : IFault, IDisposable
{
    private readonly List<Thread> _threads = [];
    private volatile bool _burns;

    public string Name => FaultCatalog.CpuBurner;

    public void Begin(FaultOrder order)
    {
        _burns = true;
        for (var i = 0; i < (int)order.Number(FaultCatalog.Parameters.Threads); i++)
        {
            var thread = new Thread(Burn) { IsBackground = true, Name = $"{Name} {i}" };
            _threads.Add(thread);
            thread.Start();
        }
    }

    public void End()
    {
        _burns = false;
        foreach (var thread in _threads)
            thread.Join();
        _threads.Clear();
    }

    public void Dispose() => End();

    private void Burn()
    {
        var x = 1u;
        while (_burns)
        {
            for (var i = 0; i < 100_000; i++)
                x = x * 1664525 + 1013904223;
            Thread.MemoryBarrier();
        }
        GC.KeepAlive(x);
    }
}
