// Echo of datagrams by a protocol on tsyncio's transport.
import {
  createDatagramEndpoint,
  getRunningLoop,
  run,
  type DatagramProtocol,
  type DatagramTransport,
} from 'tsyncio'

class Echo implements DatagramProtocol {
  #transport: DatagramTransport | undefined

  connectionMade(transport: DatagramTransport): void {
    this.#transport = transport
  }

  datagramReceived(
    ...[data, address]: Parameters<NonNullable<DatagramProtocol['datagramReceived']>>
  ): void {
    this.#transport?.sendTo(data, address)
  }
}

await run(function* () {
  const localAddress = { host: '127.0.0.1', port: Number(process.argv[2]) }
  yield* createDatagramEndpoint(() => new Echo(), { localAddress })
  console.log('ready')
  yield* getRunningLoop().createFuture<void>()
})
