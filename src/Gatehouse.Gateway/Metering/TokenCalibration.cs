using System.Collections.Concurrent;

namespace Gatehouse.Gateway.Metering;

/// <summary>
/// Corrects estimates of input tokens by what each model reported: the running mean of reported ÷ estimated, new reports weighing an eighth, and those of short
/// requests less: what a host puts around every request is half of those and nothing of a long one. Kept over restarts, and shared with other gateways, by the
/// <see cref="CalibrationStore"/>. Thread-safe.
/// </summary>
internal sealed class TokenCalibration
{
    /// <summary>Of so many calls to models that are known one is measured: at 35 µs for 150 KB, one in eight was a fiftieth of a translated call.</summary>
    private const uint OneIn = 32;
    private const int MostModels = 500;
    private const int LongestModel = 256;

    /// <summary>Tokens from which on a request weighs in full.</summary>
    private const double FullWeightFrom = 500;
    private const double Weight = 1.0 / 8;
    private const double Least = 0.3;
    private const double Greatest = 3;

    private readonly ConcurrentDictionary<string, double> _factors = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, bool> _learned = new(StringComparer.Ordinal);
    private uint _asked;

    /// <summary>An estimate for a model, corrected by what it reported so far.</summary>
    public long Correct(string model, long estimate) => (long)Math.Ceiling(estimate * _factors.GetValueOrDefault(model, 1));

    /// <summary>Whether a call shall be measured for nothing but what is learned from it: while nothing is known of its model, and one call in <see cref="OneIn"/>.</summary>
    public bool IsDue(string model) => !_factors.ContainsKey(model) || Interlocked.Increment(ref _asked) % OneIn == 0;

    /// <summary>Learns from one exchange.</summary>
    /// <param name="model">The model's name upstream.</param>
    /// <param name="estimate">The uncorrected estimate.</param>
    /// <param name="reported">All input tokens that the upstream reported, cached ones included.</param>
    public void Learn(string model, long estimate, long reported)
    {
        if (estimate <= 0 || reported <= 0 || model.Length > LongestModel || (_factors.Count >= MostModels && !_factors.ContainsKey(model))) return;
        var seen = (Factor: Math.Clamp((double)reported / estimate, Least, Greatest), Share: Math.Min(1, estimate / FullWeightFrom));
        _factors.AddOrUpdate(
            model,
            static (_, seen) => 1 + (seen.Share * (seen.Factor - 1)),
            static (_, factor, seen) => factor + (Weight * seen.Share * (seen.Factor - factor)),
            seen);
        _learned[model] = true;
    }

    /// <summary>What was learned since the last time this was asked: model and factor.</summary>
    public IReadOnlyList<(string Model, double Factor)> TakeLearned()
    {
        var learned = new List<(string, double)>();
        foreach (var (model, _) in _learned)
        {
            if (_learned.TryRemove(model, out _)) learned.Add((model, _factors[model]));
        }

        return learned;
    }

    /// <summary>Takes back what could not be kept: it is given out once more.</summary>
    public void Return(IReadOnlyList<(string Model, double Factor)> learned)
    {
        foreach (var (model, _) in learned) _learned[model] = true;
    }

    /// <summary>Takes over what was learned before or elsewhere, but for models that this gateway has learned something newer about.</summary>
    public void Adopt(string model, double factor)
    {
        if (_learned.ContainsKey(model) || !double.IsFinite(factor) || (_factors.Count >= MostModels && !_factors.ContainsKey(model))) return;
        _factors[model] = Math.Clamp(factor, Least, Greatest);
    }
}
