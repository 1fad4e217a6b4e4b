namespace Gatehouse.Secrets;

/// <summary>
/// A row of the key table: a random data key sealed under the master key. The storing side loads and saves these rows and can read none
/// of them.
/// </summary>
/// <param name="Id">The key's id, which every value sealed with it names.</param>
/// <param name="Purpose"><c>vault</c>, <c>token-hash</c>, <c>conversation-state</c>, or <c>verifier</c>.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Wrapped">The sealed key.</param>
public sealed record WrappedKey(Guid Id, string Purpose, DateTimeOffset CreatedAt, byte[] Wrapped);
